//! tree-sitter's memory comes from mimalloc, which makes parsing about a tenth faster.
#![expect(
    unsafe_code,
    reason = "tree-sitter takes its allocator as C functions; this is the only unsafe code"
)]

use std::ffi::c_void;
use std::sync::Once;

use libmimalloc_sys::{mi_free, mi_malloc, mi_realloc, mi_zalloc};

static ONCE: Once = Once::new();

/// Gives tree-sitter the allocator, once; every way to a grammar goes through here first.
pub(super) fn install() {
    ONCE.call_once(|| {
        let allocator = tree_sitter::Allocator { malloc, calloc, realloc, free };
        // SAFETY: the four functions are mimalloc's, abort rather than return null, and keep malloc's alignment. `Once`
        // runs this alone, and before any tree-sitter object exists: this layer is the only user of tree-sitter, and it
        // hands out a grammar, which every other call needs, only behind this one.
        unsafe { tree_sitter::set_allocator(Some(allocator)) };
    });
}

fn present(memory: *mut c_void, size: usize) -> *mut c_void {
    if memory.is_null() && size > 0 {
        std::process::abort();
    }
    memory
}

unsafe extern "C" fn malloc(size: usize) -> *mut c_void {
    // SAFETY: any size may be asked.
    present(unsafe { mi_malloc(size) }, size)
}

unsafe extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
    let Some(size) = count.checked_mul(size) else { std::process::abort() };
    // SAFETY: any size may be asked.
    present(unsafe { mi_zalloc(size) }, size)
}

unsafe extern "C" fn realloc(memory: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: tree-sitter hands back only what these functions gave it.
    present(unsafe { mi_realloc(memory, size) }, size)
}

unsafe extern "C" fn free(memory: *mut c_void) {
    // SAFETY: tree-sitter hands back only what these functions gave it, once.
    unsafe { mi_free(memory) }
}
