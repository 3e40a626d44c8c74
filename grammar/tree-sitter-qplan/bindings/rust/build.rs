//! Compiles the generated parser and the scanner.

use std::path::Path;

fn main() {
    let src = Path::new("src");
    let mut c = cc::Build::new();
    c.std("c11").include(src).flag_if_supported("-Wno-unused-but-set-variable");
    #[cfg(target_env = "msvc")]
    c.flag("-utf-8");
    for name in ["parser.c", "scanner.c", "xid.h"] {
        let path = src.join(name);
        if name.ends_with(".c") {
            c.file(&path);
        }
        println!("cargo:rerun-if-changed={}", path.display());
    }
    c.compile("tree-sitter-qplan");
}
