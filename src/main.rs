//! The command line: reads the settings, carries out the command, says what went wrong.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use mosovo_visits::cli::{self, Arguments};
use mosovo_visits::settings::Settings;

/// The command could not be carried out.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = Settings::load().map_err(anyhow::Error::from).and_then(|settings| cli::run(arguments, &settings));
    match outcome {
        Ok(code) => code,
        Err(error) => {
            // Nothing is left to try when standard error is closed as well.
            let _ = writeln!(io::stderr().lock(), "mosovo-visits: {error:#}");
            ExitCode::from(FAILED)
        }
    }
}
