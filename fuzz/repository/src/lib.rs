pub fn load(path: &str) -> usize {
    path.len()
}
