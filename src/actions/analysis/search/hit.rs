//! Hits with all that is known of them: role, meaning, relevance; in the order they are shown.

use super::objects::{Meaning, Objects};
use super::rank::Standing;
use crate::diagnostic::Fault;
use crate::facts::Str;
use crate::project::role::{Found, Role, roles};
use crate::project::{Evidence, Project};
use crate::scan::session::{FileHits, SearchAnswer};
use crate::system::control::Cancel;

/// A hit that was stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    /// The index of its file among those of the answer.
    pub(super) file: u32,
    /// Its index in the file.
    pub(super) at: u32,
    pub(super) role: Role,
    /// The whole name that holds its end.
    pub(super) name: Str,
    pub(super) meaning: Meaning,
    pub(super) evidence: Evidence,
    pub(super) score: f64,
}

/// The stored hits of an answer, the most relevant first, those of strings and comments behind all others.
pub(super) struct Hits {
    pub(super) all: Vec<Hit>,
    /// How many of them are code.
    pub(super) code: usize,
    /// How many of them there are by role, in the order of [`Role::ALL`].
    pub(super) by_role: [usize; Role::ALL.len()],
    pub(super) objects: Objects,
}

impl Hits {
    /// Looks at every hit; with a project names are resolved.
    pub(super) fn of(
        found: &SearchAnswer,
        project: Option<&Project>,
        cancel: &Cancel,
    ) -> Result<Self, Fault> {
        let mut hits = Self {
            all: Vec::new(),
            code: 0,
            by_role: [0; Role::ALL.len()],
            objects: Objects::default(),
        };
        for (index, file) in (0_u32..).zip(&found.files) {
            cancel.check()?;
            hits.file(index, file, project);
        }
        hits.all.sort_unstable_by(|a, b| {
            let class = |hit: &Hit| !hit.role.is_code();
            let place = |hit: &Hit| (hit.file, hit.at);
            class(a)
                .cmp(&class(b))
                .then(b.score.total_cmp(&a.score))
                .then_with(|| place(a).cmp(&place(b)))
        });
        Ok(hits)
    }

    fn file(&mut self, index: u32, file: &FileHits, project: Option<&Project>) {
        let standing = Standing::of(&file.source.path);
        let place =
            project.and_then(|project| Some((project, project.at_path(&file.source.path)?)));
        for (at, found) in (0_u32..).zip(roles(&file.facts, &file.hits.stored)) {
            let meaning = place.map(|(project, id)| {
                let hit = &file.hits.stored[at as usize];
                self.objects.meaning(project, id, &found, hit, file)
            });
            let name = if found.role.is_name() { Evidence::Name } else { Evidence::Text };
            let (meaning, evidence) = meaning.flatten().unwrap_or((Meaning::Unknown, name));
            self.by_role[found.role as usize] += 1;
            self.code += usize::from(found.role.is_code());
            self.objects.count(meaning, found.role, index);
            let score = standing.relevance(found.role, evidence.confidence());
            let Found { role, name, .. } = found;
            self.all.push(Hit { file: index, at, role, name, meaning, evidence, score });
        }
    }

    /// How many are in strings and comments.
    pub(super) fn non_code(&self) -> usize {
        self.all.len() - self.code
    }
}
