//! The program `qplan`: hands the command line to the library and its exit code to the shell.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(qplan::cli::main(std::env::args_os()))
}
