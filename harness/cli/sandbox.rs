//! `prodiff sandbox`: serves the embedded environments until it is told to stop.

use prodiff_core::diagnostic::did_you_mean;
use prodiff_sandbox::{Environment, Fault, Options, Sandbox, SiteOptions};

use super::{args::SandboxArgs, dispatch, exit::Exit, load::Refusal};

/// Serves the embedded hub, or says what its faults do.
///
/// # Errors
/// When a fault is unknown or a port is taken.
pub async fn sandbox(args: &SandboxArgs) -> Result<Exit, Refusal> {
    if args.faults {
        let width = Fault::ALL.iter().map(|fault| fault.name().len()).max().unwrap_or(0);
        let lines: String = Fault::ALL.iter().map(|fault| format!("{:width$}  {}\n", fault.name(), fault.description())).collect();
        return dispatch::out(&lines);
    }
    let faults = args.fault.iter().flat_map(|list| list.split(',')).map(parse).collect::<Result<Vec<_>, _>>()?;
    let usual = if args.still { Options::still() } else { Options::default() };
    let mut options = Options { seed: args.seed.unwrap_or(usual.seed), faults, ..usual };
    if let Some(first) = args.port {
        for (index, environment) in Environment::ALL.into_iter().enumerate() {
            let offset = u16::try_from(2 * index).unwrap_or(0);
            let port =
                |offset: u16| first.checked_add(offset).ok_or_else(|| Refusal::usage(format!("--port {first}: six ports are needed")));
            options.sites[environment] = SiteOptions { web_port: port(offset)?, api_port: port(offset + 1)?, ..options.sites[environment] };
        }
    }
    let sandbox = Sandbox::start(options).await.map_err(|error| Refusal::usage(format!("cannot serve: {error}")))?;
    let mut lines = String::new();
    for environment in Environment::ALL {
        let urls = sandbox.urls(environment);
        lines.push_str(&format!("{:<11} --on web={},api={}\n", environment.name(), urls.web, urls.api));
    }
    dispatch::out(&lines)?;
    super::signals::wait().await;
    sandbox.shutdown().await;
    Ok(Exit::Passed)
}

fn parse(text: &str) -> Result<(Environment, Fault), Refusal> {
    let (environment, name) = match text.split_once(':') {
        None => (Environment::Production, text),
        Some((environment, name)) => {
            let known = Environment::parse(environment)
                .ok_or_else(|| Refusal::usage(format!("--fault {text}: unknown environment `{environment}`")))?;
            (known, name)
        }
    };
    match Fault::parse(name) {
        Some(fault) => Ok((environment, fault)),
        None => {
            let close = did_you_mean(name, Fault::ALL.iter().map(|fault| fault.name()));
            let help = close.map(|close| format!("did you mean `{close}`?")).unwrap_or_else(|| String::from("--faults lists them"));
            Err(Refusal::usage(format!("unknown fault `{name}`\nhelp: {help}")))
        }
    }
}
