//! Checkpoints of a run in a folder: what the run is, its states, and what grows from state to state.
//!
//! `run` says what is run; `state-N` is the run before one of its steps; `actions` and `lines` grow, and a state says how
//! much of them is its own; `table-HASH` is a table of rows. Each is checked before it is used.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::io::{Error, ErrorKind, Result};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use bitcode::{Decode, Encode};

use crate::action::{Engine, Output, Registry};
use crate::actions::analysis::workspace::Workspace;
use crate::diagnostic::{Fault, Kind, code};
use crate::exec::Program;
use crate::exec::checkpoint::{Action, Keeper, Reader, Resumed, State};
use crate::scan::session::Seen;
use crate::source::Sources;
use crate::system::folder::Folder;
use crate::system::permission::reason;
use crate::value::Table;
use crate::value::stored::{TableId, table_bytes, table_of};

/// So many states are kept where nothing else is asked for.
pub const MAX_CHECKPOINTS: usize = 10;

/// What is run: enough to run it again as it was, but for what the plan may do to the world.
#[derive(Clone, Debug, Default, Encode, Decode)]
pub struct Plan {
    /// What the plan is called.
    pub name: String,
    /// The directory that the name is relative to.
    pub here: String,
    /// Its text.
    pub text: String,
    /// Names and hashes of the plan and of the modules it calls.
    pub sources: Vec<(String, [u8; 32])>,
    /// `--root` as settled.
    pub root: String,
    /// `--in`.
    pub within: Vec<String>,
    /// `--exclude`.
    pub exclude: Vec<String>,
    /// `--lang`.
    pub lang: Option<String>,
    /// Parameters as bound, as JSON.
    pub params: Vec<(String, String)>,
    /// `--max-file-size`.
    pub max_file_size: Option<u64>,
    /// `--python-version`.
    pub python: Option<(u8, u8)>,
    /// `--module-path`.
    pub module_path: Vec<String>,
    /// `--max-statements` and `--max-jumps`.
    pub limits: (u64, u64),
    /// So many states are kept.
    pub most: u32,
    /// The flags that allowed it something.
    pub allowed: Vec<String>,
    /// Whether it has come to its end.
    pub is_over: bool,
}

/// Names and hashes of texts.
#[must_use]
pub fn fingerprint(sources: &Sources) -> Vec<(String, [u8; 32])> {
    let hash = |text: &str| *blake3::hash(text.as_bytes()).as_bytes();
    sources.iter().map(|(_, source)| (source.name.to_string(), hash(&source.text))).collect()
}

/// A state with what the run's surroundings add to it.
#[derive(Encode, Decode)]
struct Kept {
    state: State,
    lines: u64,
    /// The entries of `actions` and `lines` that are its own.
    entries: (u64, u64),
    seen: Option<[u8; 32]>,
}

/// Writes the checkpoints of a run, and passes its lines on.
pub struct Checkpoints<'a> {
    folder: &'a Folder,
    output: &'a dyn Output,
    workspace: &'a Workspace,
    most: usize,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    next: u64,
    /// Lines that are not in the folder yet, their bytes, and how many there were in all.
    lines: Vec<String>,
    bytes: usize,
    total: u64,
    /// Entries of `actions` and of `lines`.
    entries: (u64, u64),
    states: Vec<u64>,
    /// Tables that have their place, by their address: no other is there while somebody remembers it.
    tables: HashMap<usize, (Weak<Table>, TableId)>,
    /// How many of them were there when those that are gone were last forgotten.
    remembered: usize,
    twins: HashMap<[u8; 32], u32>,
    /// How many files were read when they were last listed, and the digest of the list.
    seen: Option<(usize, [u8; 32])>,
    failed: Option<Error>,
}

impl<'a> Checkpoints<'a> {
    /// Begins to write, behind where a run was found.
    #[must_use]
    pub fn new(
        folder: &'a Folder,
        output: &'a dyn Output,
        workspace: &'a Workspace,
        most: usize,
        after: Option<&Found>,
    ) -> Self {
        let mut inner = Inner::default();
        if let Some(found) = after {
            inner.next = found.number + 1;
            inner.total = found.lines.len() as u64;
            inner.entries = found.entries;
            inner.states.clone_from(&found.states);
            for (id, table) in &found.tables {
                inner.tables.insert(Arc::as_ptr(table).addr(), (Arc::downgrade(table), *id));
                let twins = inner.twins.entry(id.hash).or_default();
                *twins = (*twins).max(id.twin + 1);
            }
        }
        Self { folder, output, workspace, most: most.max(1), inner: Mutex::new(inner) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The list of files that were read, kept once for each state of it.
    fn seen(&self, inner: &mut Inner) -> Result<Option<[u8; 32]>> {
        let read = self.workspace.stats().scanned;
        match inner.seen {
            Some((files, hash)) if files == read => return Ok(Some(hash)),
            _ if read == 0 => return Ok(None),
            _ => {}
        }
        let seen: Vec<_> = self.workspace.seen().into_iter().collect();
        let bytes = bitcode::encode(&seen);
        let hash = *blake3::hash(&bytes).as_bytes();
        self.folder.write(&named(FILES, &hash), &bytes)?;
        inner.seen = Some((read, hash));
        Ok(Some(hash))
    }

    /// Lines behind the last state are cut off again where the run is taken up.
    fn keep_lines(&self, inner: &mut Inner) -> Result<()> {
        let lines = std::mem::take(&mut inner.lines);
        inner.bytes = 0;
        if !lines.is_empty() {
            self.folder.append(LINES, &bitcode::encode(&lines))?;
            inner.entries.1 += 1;
        }
        Ok(())
    }

    fn write(&self, inner: &mut Inner, state: &State, added: &[Action]) -> Result<()> {
        if let Some(error) = inner.failed.take() {
            return Err(error);
        }
        if !added.is_empty() {
            self.folder.append(ACTIONS, &bitcode::encode(added))?;
            inner.entries.0 += 1;
        }
        self.keep_lines(inner)?;
        inner.forget_tables();
        let seen = self.seen(inner)?;
        let kept = Kept { state: state.clone(), lines: inner.total, entries: inner.entries, seen };
        self.folder.write(&state_name(inner.next), &bitcode::encode(&kept))?;
        inner.states.push(inner.next);
        inner.next += 1;
        while inner.states.len() > self.most {
            self.folder.remove(&state_name(inner.states.remove(0)))?;
        }
        Ok(())
    }
}

impl Inner {
    /// Forgets tables that nobody has any more, so that a loop of answers does not grow.
    fn forget_tables(&mut self) {
        if self.tables.len() > self.remembered * 2 + 1_000 {
            self.tables.retain(|_, (table, _)| table.strong_count() > 0);
            self.remembered = self.tables.len();
        }
    }
}

/// So many bytes of lines wait for the next state.
const MOST_HELD: usize = 1 << 20;
const ACTIONS: &str = "actions";
const LINES: &str = "lines";
const RUN: &str = "run";
const TABLE: &str = "table";
const FILES: &str = "files";

fn state_name(number: u64) -> String {
    format!("state-{number:010}")
}

fn named(what: &str, hash: &[u8; 32]) -> String {
    format!("{what}-{}", blake3::Hash::from_bytes(*hash).to_hex())
}

impl Keeper for Checkpoints<'_> {
    fn table(&self, table: &Arc<Table>) -> TableId {
        let address = Arc::as_ptr(table).addr();
        if let Some((_, id)) = self.inner().tables.get(&address) {
            return *id;
        }
        let bytes = table_bytes(table, &mut |inner| self.table(inner));
        let hash = *blake3::hash(&bytes).as_bytes();
        let mut inner = self.inner();
        let twins = inner.twins.entry(hash).or_default();
        let id = TableId { hash, twin: *twins };
        *twins += 1;
        inner.tables.insert(address, (Arc::downgrade(table), id));
        if id.twin == 0
            && let Err(error) = self.folder.write(&named(TABLE, &hash), &bytes)
        {
            inner.failed.get_or_insert(error);
        }
        id
    }

    fn keep(&self, state: &State, added: &[Action]) -> std::result::Result<(), Fault> {
        let mut inner = self.inner();
        self.write(&mut inner, state, added).map_err(|error| {
            let message = format!("the checkpoint cannot be written: {}", reason(&error));
            Fault::new(Kind::Abort, code::system::CANNOT_WRITE, message)
        })
    }
}

impl Output for Checkpoints<'_> {
    fn line(&self, text: &str) -> std::result::Result<(), Fault> {
        let mut inner = self.inner();
        inner.lines.push(text.to_owned());
        inner.bytes += text.len();
        inner.total += 1;
        if inner.bytes > MOST_HELD
            && let Err(error) = self.keep_lines(&mut inner)
        {
            inner.failed.get_or_insert(error);
        }
        drop(inner);
        self.output.line(text)
    }

    fn log(&self, level: &str, text: &str) {
        self.output.log(level, text);
    }
}

/// Writes what is run into a folder that is empty, or holds a run that is over.
///
/// # Errors
/// `AlreadyExists` where it holds anything else, which stays as it is; else as the operating system says.
pub fn begin(folder: &Folder, plan: &Plan) -> Result<()> {
    let names = folder.names()?;
    let foreign = names.iter().find(|name| !is_own(name));
    let is_ours = names.is_empty() || self::plan(folder)?.is_some();
    if let Some(name) = foreign.or_else(|| names.first().filter(|_| !is_ours)) {
        let message = format!("it holds `{name}`, which is not of a run");
        return Err(Error::new(ErrorKind::AlreadyExists, message));
    }
    for name in names.iter().filter(|name| *name != RUN) {
        folder.remove(name)?;
    }
    folder.write(RUN, &bitcode::encode(plan))
}

/// Whether a run writes files of that name.
fn is_own(name: &str) -> bool {
    let is_hash = |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    match name.split_once('-') {
        None => [ACTIONS, LINES, RUN].contains(&name),
        Some(("state", number)) => number.bytes().all(|b| b.is_ascii_digit()),
        Some((what, hash)) => [TABLE, FILES].contains(&what) && is_hash(hash),
    }
}

/// Says that a run has come to its end.
///
/// # Errors
/// As the operating system says.
pub fn end(folder: &Folder, plan: &Plan) -> Result<()> {
    folder.write(RUN, &bitcode::encode(&Plan { is_over: true, ..plan.clone() }))
}

/// Whether a folder looks like one of a run.
#[must_use]
pub fn is_kept(folder: &Path) -> bool {
    folder.join(RUN).is_file()
}

/// What a folder says is run; none where it says nothing that can be read.
///
/// # Errors
/// As the operating system says.
pub fn plan(folder: &Folder) -> Result<Option<Plan>> {
    Ok(folder.read(RUN)?.and_then(|bytes| bitcode::decode(&bytes).ok()))
}

/// Where a run was found.
pub struct Found {
    number: u64,
    states: Vec<u64>,
    entries: (u64, u64),
    tables: BTreeMap<TableId, Arc<Table>>,
    /// What it begins with.
    pub resumed: Resumed,
    /// The lines it had printed.
    pub lines: Vec<String>,
    /// The files it had read.
    pub seen: Option<Seen>,
}

/// The last state of a run that is whole, and all it needs; none where there is none.
///
/// # Errors
/// As the operating system says.
pub fn last(folder: &Folder, program: Program<'_>, registry: &Registry) -> Result<Option<Found>> {
    let number = |name: &String| name.strip_prefix("state-").and_then(|n| n.parse::<u64>().ok());
    let mut states: Vec<u64> = folder.names()?.iter().filter_map(number).collect();
    states.sort_unstable();
    let (actions, lines) = (folder.entries(ACTIONS)?, folder.entries(LINES)?);
    while let Some(number) = states.last().copied() {
        let whole = Whole { folder, program, registry, actions: &actions, lines: &lines };
        if let Some(found) = whole.read(number, &states) {
            folder.keep_entries(ACTIONS, usize::try_from(found.entries.0).unwrap_or(usize::MAX))?;
            folder.keep_entries(LINES, usize::try_from(found.entries.1).unwrap_or(usize::MAX))?;
            return Ok(Some(found));
        }
        folder.remove(&state_name(number))?;
        states.pop();
    }
    Ok(None)
}

struct Whole<'w> {
    folder: &'w Folder,
    program: Program<'w>,
    registry: &'w Registry,
    actions: &'w [Vec<u8>],
    lines: &'w [Vec<u8>],
}

impl Whole<'_> {
    fn read(&self, number: u64, states: &[u64]) -> Option<Found> {
        let kept: Kept = bitcode::decode(&self.folder.read(&state_name(number)).ok()??).ok()?;
        let actions: Vec<Action> =
            all(self.actions.get(..usize::try_from(kept.entries.0).ok()?)?)?;
        let lines: Vec<String> = all(self.lines.get(..usize::try_from(kept.entries.1).ok()?)?)?;
        if actions.len() as u64 != kept.state.actions || lines.len() as u64 != kept.lines {
            return None;
        }
        let tables = RefCell::new(BTreeMap::new());
        let table = |id| self.table(id, &tables);
        let reader = Reader { program: self.program, registry: self.registry, table: &table };
        let resumed = reader.resumed(&kept.state, &actions)?;
        let seen = match kept.seen {
            Some(hash) => Some(self.seen(&hash)?),
            None => None,
        };
        Some(Found {
            number,
            states: states.to_vec(),
            entries: kept.entries,
            tables: tables.into_inner(),
            resumed,
            lines,
            seen,
        })
    }

    fn table(
        &self,
        id: TableId,
        known: &RefCell<BTreeMap<TableId, Arc<Table>>>,
    ) -> Option<Arc<Table>> {
        if let Some(table) = known.borrow().get(&id) {
            return Some(Arc::clone(table));
        }
        let bytes = self.folder.read(&named(TABLE, &id.hash)).ok()??;
        if *blake3::hash(&bytes).as_bytes() != id.hash {
            return None;
        }
        let table = Arc::new(table_of(&bytes, &|inner| self.table(inner, known))?);
        known.borrow_mut().insert(id, Arc::clone(&table));
        Some(table)
    }

    fn seen(&self, hash: &[u8; 32]) -> Option<Seen> {
        let bytes = self.folder.read(&named(FILES, hash)).ok()??;
        let seen: Vec<(String, Option<[u8; 32]>)> = bitcode::decode(&bytes).ok()?;
        Some(seen.into_iter().collect())
    }
}

/// Entries of lists, as one list.
fn all<T: for<'d> Decode<'d>>(entries: &[Vec<u8>]) -> Option<Vec<T>> {
    let lists = entries.iter().map(|entry| bitcode::decode::<Vec<T>>(entry).ok());
    Some(lists.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
}
