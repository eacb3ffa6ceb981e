//! Writes the reports of made-up records: to look at, and to measure.
//!
//! `cargo run -p prodiff-core --example sample_report -- run|compare|hostile|green|CASES FOLDER [FORMAT…]`

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    reason = "an example is a shell of its own: it writes files and measures"
)]

use std::{env, error::Error, fs::File, io, path::Path, time::Instant};

use prodiff_core::{
    record::{self, Entry, Wanted},
    report::{FORMATS, Files, Summary},
    verdict,
};
use sample::{Sample, Spread};

#[path = "../report/sample.rs"]
mod sample;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [what, folder, formats @ ..] = arguments.as_slice() else {
        return Err("which record, and into which folder?".into());
    };
    let entries = match what.as_str() {
        "run" => Sample::Run.entries(),
        "compare" => Sample::Compare.entries(),
        "hostile" => Sample::Hostile.entries(),
        "green" => Sample::ALL[3].entries(),
        n_cases => sample::many(n_cases.parse()?, Spread::Mixed),
    };
    // Through JSON lines, as the shell reads them: what is measured includes the reading.
    let lines: Vec<String> = entries.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    let read = |wanted: Wanted| -> io::Result<Box<dyn Iterator<Item = Entry> + '_>> {
        Ok(Box::new(lines.iter().map_while(move |line| Entry::read(line.as_bytes(), wanted).ok()).flatten()))
    };

    let began = Instant::now();
    let summary = Summary::read(&read)?;
    println!("{} entries, {} bytes, one pass {:?}", lines.len(), lines.iter().map(String::len).sum::<usize>(), began.elapsed());
    for format in FORMATS {
        if !formats.is_empty() && !formats.iter().any(|name| name == format.name()) {
            continue;
        }
        let began = Instant::now();
        let path = Path::new(folder).join(format.file_name());
        let mut out = io::BufWriter::new(File::create(&path)?);
        format.render(&summary, &read, &Files { folder, read: &sample::file }, &mut out)?;
        io::Write::flush(&mut out)?;
        println!("{}: {} bytes in {:?}", path.display(), path.metadata()?.len(), began.elapsed());
    }
    Ok(())
}
