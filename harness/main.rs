//! The `prodiff` binary.

fn main() -> std::process::ExitCode {
    prodiff::cli::main()
}
