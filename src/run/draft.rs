//! A plan that was read, before anything is known of what surrounds it: where it will look decides what else is read.

use std::path::{Path, PathBuf};

use super::params::{Given, bind};
use super::settings::{likely_root, stated_root};
use super::{Loaded, Surroundings, inspect};
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Sources};
use crate::step::meta::{self, Meta};
use crate::syntax::{self, ast};
use crate::system::System;

/// The tree of a plan and its meta.
#[derive(Debug)]
pub struct Draft {
    /// What stands at the top.
    pub meta: Meta,
    sources: Sources,
    file: ast::File,
    diagnostics: Vec<Diagnostic>,
}

impl Draft {
    /// Reads a plan.
    #[must_use]
    pub fn read(name: &str, text: &str) -> Self {
        let (sources, id) = Sources::single(Source::new(name, text));
        let syntax::Parsed { file, diagnostics, .. } = syntax::parse(id, text);
        Self { meta: meta::collect(&file).0, sources, file, diagnostics }
    }

    /// The directory it will look at: the one given, else its `@root`, else the nearest project. What is wrong with it is
    /// said when the plan is run.
    #[must_use]
    pub fn root(
        &self,
        given: Option<&Path>,
        params: &[(String, Given)],
        system: &dyn System,
    ) -> PathBuf {
        let own = || stated_root(&self.meta, &bind(&self.meta, params).ok()?, system);
        match given {
            Some(path) => path.to_path_buf(),
            None => own().unwrap_or_else(|| likely_root(None, system)),
        }
    }

    /// Checks it, and the modules it calls.
    #[must_use]
    pub fn load(self, around: Surroundings<'_>) -> Loaded {
        inspect(self.sources, self.file, self.diagnostics, around, &[])
    }
}
