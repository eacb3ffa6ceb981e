//! Judges the names that environments use.

use std::collections::BTreeSet;

use super::{templates, unknown_names};
use crate::{
    diagnostic::Diagnostic,
    environment::model::{Environment, Environments},
    suite::words,
    template::{Dynamic, Name, Template},
};

/// What is wrong with the names of a file of environments.
pub(super) fn problems(file: &Environments, unread: &BTreeSet<String>, problems: &mut Vec<Diagnostic>) {
    for environment in &file.environments {
        of_environment(environment, unread, problems);
    }
    if let Some(url) = &file.defaults.url {
        let known = file.environments.iter().flat_map(|environment| environment.urls.iter().map(|(name, _)| name.name.as_str()));
        // An environment without URLs has its complaint.
        if known.clone().next().is_some() && !known.clone().any(|name| name == url.name) {
            problems.push(words::unknown(url, "URL", known));
        }
    }
}

fn of_environment(environment: &Environment, unread: &BTreeSet<String>, problems: &mut Vec<Diagnostic>) {
    let params = environment.params.iter().map(|param| param.name.name.as_str());
    let mut known: BTreeSet<&str> = params.chain(unread.iter().map(String::as_str)).collect();
    known.insert("environment.name");
    if environment.refresh.is_some() {
        known.insert("environment.refresh");
    }
    let urls = environment.urls.iter().map(|(_, url)| url).chain(environment.aliases.iter().flat_map(|(_, urls)| urls));
    complain(urls, &known, problems);
    known.extend(environment.urls.iter().map(|(name, _)| name.name.as_str()));
    for (name, value) in &environment.vars {
        complain(value.templates(), &known, problems);
        known.insert(&name.name);
    }
    let values = environment.headers.iter().chain(&environment.cookies).map(|(_, value)| value);
    complain(values, &known, problems);
    complain(environment.auth.iter().flat_map(templates::of_auth), &known, problems);
    if let Some(revision) = &environment.revision {
        let mut dynamics = Vec::new();
        revision.capture.dynamics(&mut dynamics);
        complain(std::iter::once(&revision.get).chain(dynamics.into_iter().flat_map(Dynamic::templates)), &known, problems);
        let urls = environment.urls.iter().map(|(name, _)| name.name.as_str());
        if let Some(name) = words::name_in_target(&revision.get)
            && !urls.clone().any(|url| url == name.name)
        {
            problems.push(words::unknown(&name, "URL", urls));
        }
    }
}

fn complain<'t>(templates: impl IntoIterator<Item = &'t Template>, known: &BTreeSet<&str>, problems: &mut Vec<Diagnostic>) {
    let is_known = |name: &str| name.starts_with("secret.") || known.contains(name);
    let explain = |name: &Name| (name.text == "environment.refresh").then(|| String::from("this environment does not say `refresh`"));
    let candidates: Vec<&str> = known.iter().copied().collect();
    for template in templates {
        problems.extend(unknown_names(template.unknown_names(&is_known), explain, &candidates));
    }
}
