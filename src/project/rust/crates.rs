//! Packages and crates as `Cargo.toml` files make them: targets, editions, and what a crate may call by name. Knows of
//! files only whether they are there.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use toml_edit::{Document, Item, TableLike};

use crate::project::{File, FileId};

/// The index of a crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct CrateId(pub(super) u32);

/// A crate: a tree of modules with a root file.
#[derive(Debug)]
pub(super) struct Crate {
    /// As paths write it: `tokio_util`.
    pub(super) name: Arc<str>,
    pub(super) root: FileId,
    /// Whether paths of `use` start at the crate's root, as before 2018.
    pub(super) is_2015: bool,
    /// What the first segment of a path may name.
    pub(super) externs: Arc<HashMap<Arc<str>, Extern>>,
    /// Whether a manifest says what it depends on.
    pub(super) has_manifest: bool,
}

/// What a crate is called by another one.
#[derive(Clone, Debug)]
pub(super) enum Extern {
    /// A crate of the project.
    Crate(CrateId),
    /// One outside of it, by its own name.
    External(Arc<str>),
}

/// A package.
#[derive(Debug, Default)]
struct Package {
    /// With a `/` at the end, empty for the root.
    dir: String,
    name: Option<String>,
    is_2015: bool,
    /// Name and path of the library's root.
    lib: Option<(String, String)>,
    /// Names and paths of other targets' roots.
    targets: Vec<(String, String)>,
    dependencies: Vec<Dependency>,
}

/// A line of `[dependencies]`.
#[derive(Clone, Debug)]
struct Dependency {
    /// The name it is given.
    key: String,
    /// The package's name, where it is another.
    package: Option<String>,
    /// Where it lies, from the root; none: in a registry.
    dir: Option<String>,
}

/// The files by path.
pub(super) struct Tree<'f> {
    files: &'f [File],
}

impl<'f> Tree<'f> {
    pub(super) const fn new(files: &'f [File]) -> Self {
        Self { files }
    }

    pub(super) fn find(&self, path: &str) -> Option<FileId> {
        let index = self.files.binary_search_by(|file| (*file.path).cmp(path)).ok()?;
        Some(FileId(u32::try_from(index).ok()?))
    }

    /// Files below a directory, which ends with `/`: the part of the path behind it.
    fn below<'t>(&'t self, dir: &'t str) -> impl Iterator<Item = &'f str> + 't {
        let first = self.files.partition_point(|file| &*file.path < dir);
        self.files[first..].iter().map_while(move |file| file.path.strip_prefix(dir))
    }
}

/// Every crate that manifests tell of; libraries first, each kind by the path of its package.
pub(super) fn crates(manifests: &[(Arc<str>, Arc<str>)], files: &[File]) -> Vec<Crate> {
    let tree = Tree::new(files);
    let packages = packages(manifests, &tree);
    let mut crates = Vec::new();
    let mut libraries = HashMap::new();
    for (index, package) in packages.iter().enumerate() {
        let Some((name, path)) = &package.lib else { continue };
        if let Some(root) = tree.find(path) {
            let _ = libraries.insert(index, CrateId(number(crates.len())));
            crates.push(made(package, name, root));
        }
    }
    let mut owners: Vec<usize> =
        (0..packages.len()).filter(|index| libraries.contains_key(index)).collect();
    let mut roots: HashSet<FileId> = crates.iter().map(|krate: &Crate| krate.root).collect();
    for (index, package) in packages.iter().enumerate() {
        for (name, path) in &package.targets {
            if let Some(root) = tree.find(path).filter(|&root| roots.insert(root)) {
                crates.push(made(package, name, root));
                owners.push(index);
            }
        }
    }
    let externs: Vec<_> =
        (0..packages.len()).map(|index| externs(&packages, index, &libraries, &crates)).collect();
    for (krate, owner) in crates.iter_mut().zip(owners) {
        krate.externs = Arc::clone(&externs[owner]);
    }
    crates
}

fn made(package: &Package, name: &str, root: FileId) -> Crate {
    Crate {
        name: name.replace('-', "_").into(),
        root,
        is_2015: package.is_2015,
        externs: Arc::default(),
        has_manifest: true,
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// What the targets of a package may call by name.
fn externs(
    packages: &[Package],
    index: usize,
    libraries: &HashMap<usize, CrateId>,
    crates: &[Crate],
) -> Arc<HashMap<Arc<str>, Extern>> {
    let mut externs: HashMap<Arc<str>, Extern> = HashMap::new();
    let mut add = |name: Option<&str>, of: usize| {
        let Some(&id) = libraries.get(&of) else { return false };
        let own = &crates[id.0 as usize].name;
        let name = name.map_or_else(|| Arc::clone(own), |name| name.replace('-', "_").into());
        let _ = externs.insert(name, Extern::Crate(id));
        true
    };
    let _ = add(None, index);
    let mut outside = Vec::new();
    for dependency in &packages[index].dependencies {
        let known =
            dependency.dir.as_ref().and_then(|dir| packages.iter().position(|p| p.dir == *dir));
        let renamed = dependency.package.as_ref().map(|_| dependency.key.as_str());
        if !known.is_some_and(|known| add(renamed, known)) {
            outside.push(dependency);
        }
    }
    for dependency in outside {
        let name: Arc<str> = dependency.key.replace('-', "_").into();
        let own = dependency.package.as_ref().map_or(&dependency.key, |package| package);
        let _ =
            externs.entry(name).or_insert_with(|| Extern::External(own.replace('-', "_").into()));
    }
    Arc::new(externs)
}

/// What a workspace hands down: the edition, and dependencies by name.
#[derive(Debug, Default)]
struct Workspace {
    dir: String,
    is_2015: bool,
    dependencies: Vec<Dependency>,
    /// `[patch]`: packages that stand for those of a registry.
    patches: Vec<Dependency>,
}

fn packages(manifests: &[(Arc<str>, Arc<str>)], tree: &Tree<'_>) -> Vec<Package> {
    let mut documents: BTreeMap<String, Document<&str>> = BTreeMap::new();
    for (path, text) in manifests {
        let Some(dir) = path.strip_suffix("Cargo.toml") else { continue };
        if dir.is_empty() || dir.ends_with('/') {
            // A manifest that is none says nothing; Cargo would tell of it.
            if let Ok(document) = Document::parse(&**text) {
                let _ = documents.insert(dir.to_owned(), document);
            }
        }
    }
    let workspaces: Vec<Workspace> =
        documents.iter().filter_map(|(dir, document)| workspace(dir, document.as_item())).collect();
    documents
        .iter()
        .filter(|(_, document)| document.get("package").is_some())
        .map(|(dir, document)| {
            let workspace = workspaces
                .iter()
                .filter(|workspace| dir.starts_with(&workspace.dir))
                .max_by_key(|workspace| workspace.dir.len());
            package(dir, document.as_item(), workspace, tree)
        })
        .collect()
}

fn workspace(dir: &str, manifest: &Item) -> Option<Workspace> {
    let table = manifest.get("workspace");
    let patches = manifest.get("patch");
    if table.is_none() && patches.is_none() {
        return None;
    }
    let mut found = Workspace { dir: dir.to_owned(), ..Workspace::default() };
    found.is_2015 = table.and_then(|table| table.get("package")).is_some_and(is_2015);
    dependencies(
        dir,
        table.and_then(|table| table.get("dependencies")),
        None,
        &mut found.dependencies,
    );
    for (_, registry) in tables(patches) {
        dependencies(dir, Some(registry), None, &mut found.patches);
    }
    Some(found)
}

fn is_2015(package: &Item) -> bool {
    package.get("edition").is_none_or(|edition| edition.as_str() == Some("2015"))
}

fn tables(item: Option<&Item>) -> impl Iterator<Item = (&str, &Item)> {
    item.and_then(Item::as_table_like).into_iter().flat_map(TableLike::iter)
}

fn package(dir: &str, manifest: &Item, workspace: Option<&Workspace>, tree: &Tree<'_>) -> Package {
    let own = manifest.get("package");
    let name = own.and_then(|own| own.get("name")).and_then(Item::as_str);
    let inherits = own
        .and_then(|own| own.get("edition"))
        .and_then(|edition| edition.get("workspace"))
        .is_some();
    let mut package = Package {
        dir: dir.to_owned(),
        name: name.map(str::to_owned),
        is_2015: match workspace {
            Some(workspace) if inherits => workspace.is_2015,
            _ => own.is_some_and(is_2015),
        },
        ..Package::default()
    };
    let lists = ["dependencies", "dev-dependencies", "build-dependencies"];
    for list in lists {
        dependencies(dir, manifest.get(list), workspace, &mut package.dependencies);
    }
    for (_, target) in tables(manifest.get("target")) {
        for list in lists {
            dependencies(dir, target.get(list), workspace, &mut package.dependencies);
        }
    }
    package.targets(manifest, tree);
    package
}

/// Reads a table of dependencies that stands in the manifest of `dir`.
fn dependencies(
    dir: &str,
    table: Option<&Item>,
    workspace: Option<&Workspace>,
    found: &mut Vec<Dependency>,
) {
    for (key, value) in tables(table) {
        let text = |name: &str| value.get(name).and_then(Item::as_str).map(str::to_owned);
        let mut read = Dependency {
            key: key.to_owned(),
            package: text("package"),
            dir: text("path").map(|path| joined(dir, &path) + "/").map(without_dot),
        };
        let named = |list: &[Dependency], name: &str| list.iter().find(|d| d.key == name).cloned();
        if let Some(workspace) = workspace {
            if value.get("workspace").is_some() {
                read = named(&workspace.dependencies, key).unwrap_or(read);
            }
            if read.dir.is_none() {
                let name = read.package.as_deref().unwrap_or(key);
                read.dir = named(&workspace.patches, name).and_then(|patch| patch.dir);
            }
        }
        found.push(read);
    }
}

/// The directory of the root is empty, not `/`.
fn without_dot(dir: String) -> String {
    if dir == "/" { String::new() } else { dir }
}

/// A path relative to a directory that ends with `/` or is empty, without `.` and `..`.
pub(super) fn joined(dir: &str, path: &str) -> String {
    let mut parts: Vec<&str> = dir.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

impl Package {
    fn targets(&mut self, manifest: &Item, tree: &Tree<'_>) {
        let dir = self.dir.clone();
        let name = self.name.clone().unwrap_or_else(|| "main".to_owned());
        let lib = manifest.get("lib");
        let text = |item: Option<&Item>, key: &str| {
            item.and_then(|item| item.get(key)).and_then(Item::as_str).map(str::to_owned)
        };
        let path = text(lib, "path").unwrap_or_else(|| "src/lib.rs".to_owned());
        self.lib = Some((text(lib, "name").unwrap_or_else(|| name.clone()), joined(&dir, &path)));
        for (kind, home) in
            [("bin", "src/bin"), ("example", "examples"), ("test", "tests"), ("bench", "benches")]
        {
            let listed = manifest.get(kind).and_then(Item::as_array_of_tables);
            for target in listed.into_iter().flatten() {
                let target_text = |key| target.get(key).and_then(Item::as_str).map(str::to_owned);
                let Some(target_name) = target_text("name") else { continue };
                let paths = match target_text("path") {
                    Some(path) => vec![path],
                    None if kind == "bin" && target_name == name => vec!["src/main.rs".to_owned()],
                    None => vec![
                        format!("{home}/{target_name}.rs"),
                        format!("{home}/{target_name}/main.rs"),
                    ],
                };
                let paths = paths.into_iter().map(|path| joined(&dir, &path));
                self.targets.extend(paths.map(|path| (target_name.clone(), path)));
            }
            if kind == "bin" {
                self.targets.push((name.clone(), format!("{dir}src/main.rs")));
            }
            self.found_targets(&format!("{dir}{home}/"), tree);
        }
        let build = text(manifest.get("package"), "build").unwrap_or_else(|| "build.rs".to_owned());
        self.targets.push(("build_script_build".to_owned(), joined(&dir, &build)));
    }

    /// `x.rs` and `x/main.rs` in a directory that Cargo looks into.
    fn found_targets(&mut self, home: &str, tree: &Tree<'_>) {
        for rest in tree.below(home) {
            let name = match rest.split_once('/') {
                None => rest.strip_suffix(".rs"),
                Some((name, "main.rs")) => Some(name),
                Some(_) => None,
            };
            if let Some(name) = name {
                self.targets.push((name.to_owned(), format!("{home}{rest}")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_without_dots() {
        assert_eq!(joined("a/b/", "../c/./d.rs"), "a/c/d.rs");
        assert_eq!(joined("", "../../x"), "x");
        assert_eq!(without_dot(joined("a/", "..") + "/"), "");
    }
}
