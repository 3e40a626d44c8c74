//! The settings: how each is written and what it sets. One line an option; which file or variable says it is no concern
//! here.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::cli::args::{Common, JOBS, at_least_one, python, time};
use crate::facts::needs::Lang;
use crate::value::size;

/// An option that has a default elsewhere than in the program.
pub struct Setting {
    /// `max-file-size`: the option's name, the key's, and with `QPLAN_` the variable's.
    pub name: &'static str,
    /// What the command line's parser calls it.
    pub id: &'static str,
    /// How a file writes it.
    pub takes: Takes,
    /// A value, as a file writes it.
    pub example: &'static str,
    /// Sets it; several values one after the other. The error says what to write.
    pub set: fn(&mut Common, Level<'_>, &str) -> Result<(), String>,
}

impl Setting {
    /// Whether the file of a repository may say it.
    #[must_use]
    pub fn is_for_files(&self) -> bool {
        self.takes != Takes::Own
    }
}

/// How a file writes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A string.
    Text,
    /// A boolean.
    Switch,
    /// A whole number.
    Count,
    /// Either.
    Size,
    /// A string or a list of them.
    Texts(Joined),
    /// A directory of the user's: no file says it.
    Own,
}

/// What becomes of several lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    /// The first that is said counts; a variable parts its entries by commas.
    First,
    /// They unite.
    All,
    /// They unite; a variable parts its entries as `PATH` does.
    Paths,
}

impl Takes {
    /// For messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text | Self::Own => "a string",
            Self::Switch => "a boolean",
            Self::Count => "a whole number",
            Self::Size => "a string or a whole number",
            Self::Texts(_) => "a string or a list of strings",
        }
    }

    /// Whether a further level adds to what was said.
    #[must_use]
    pub const fn unites(self) -> bool {
        matches!(self, Self::Texts(Joined::All | Joined::Paths))
    }
}

/// Who says it.
#[derive(Clone, Copy, Debug)]
pub enum Level<'a> {
    /// The environment, before the plan's meta.
    Variable,
    /// The file in this directory, behind it.
    File(&'a Path),
}

/// Every setting, sorted by name.
pub static SETTINGS: &[Setting] = &[
    Setting {
        name: "cache-dir",
        id: "cache_dir",
        takes: Takes::Own,
        example: "",
        set: |common, _, text| {
            common.remembered.cache_dir = Some(PathBuf::from(text));
            Ok(())
        },
    },
    Setting {
        name: "color",
        id: "color",
        takes: Takes::Text,
        example: "\"never\"",
        set: |common, _, text| {
            common.shown.color = word(text)?;
            Ok(())
        },
    },
    Setting {
        name: "diagnostics",
        id: "diagnostics",
        takes: Takes::Text,
        example: "\"json\"",
        set: |common, _, text| {
            common.shown.diagnostics = word(text)?;
            Ok(())
        },
    },
    Setting {
        name: "exclude",
        id: "exclude",
        takes: Takes::Texts(Joined::All),
        example: "[\"build/**\"]",
        set: |common, level, text| {
            match level {
                // Before the flags, so that a later `!glob` takes out what an earlier one brought in.
                Level::Variable => common.exclude.insert(0, text.to_owned()),
                Level::File(_) => common.defaults.exclude.push(text.to_owned()),
            }
            Ok(())
        },
    },
    Setting {
        name: "format",
        id: "format",
        takes: Takes::Text,
        example: "\"json\"",
        set: |common, _, text| {
            common.written.format = word(text)?;
            Ok(())
        },
    },
    Setting {
        name: "in",
        id: "within",
        takes: Takes::Texts(Joined::First),
        example: "[\"src\"]",
        set: |common, level, text| {
            match level {
                Level::Variable => common.within.push(text.to_owned()),
                Level::File(_) => common.defaults.within.push(text.to_owned()),
            }
            Ok(())
        },
    },
    Setting {
        name: "jobs",
        id: "jobs",
        takes: Takes::Count,
        example: "4",
        set: |common, _, text| {
            let jobs = text.parse().ok().filter(|jobs| JOBS.contains(jobs));
            common.pace.jobs = Some(jobs.ok_or("write a number from 1 to 512")?);
            Ok(())
        },
    },
    Setting {
        name: "lang",
        id: "lang",
        takes: Takes::Text,
        example: "\"python\"",
        set: |common, level, text| {
            let _ = Lang::parse(text).ok_or_else(|| one_of(Lang::WORDS))?;
            match level {
                Level::Variable => common.lang = Some(text.to_owned()),
                Level::File(_) => common.defaults.lang = Some(text.to_owned()),
            }
            Ok(())
        },
    },
    Setting {
        name: "max-checkpoints",
        id: "max_checkpoints",
        takes: Takes::Count,
        example: "10",
        set: |common, _, text| {
            common.max_checkpoints = at_least_one(text)?;
            Ok(())
        },
    },
    Setting {
        name: "max-file-size",
        id: "max_file_size",
        takes: Takes::Size,
        example: "\"4m\"",
        set: |common, _, text| {
            common.max_file_size = Some(size::parse(text)?);
            Ok(())
        },
    },
    Setting {
        name: "max-jumps",
        id: "max_jumps",
        takes: Takes::Count,
        example: "10000",
        set: |common, _, text| {
            common.max_jumps = count(text)?;
            Ok(())
        },
    },
    Setting {
        name: "max-memory",
        id: "max_memory",
        takes: Takes::Size,
        example: "\"2g\"",
        set: |common, _, text| {
            common.pace.max_memory = Some(size::parse(text)?);
            Ok(())
        },
    },
    Setting {
        name: "max-statements",
        id: "max_statements",
        takes: Takes::Count,
        example: "1000000",
        set: |common, _, text| {
            common.max_statements = count(text)?;
            Ok(())
        },
    },
    Setting {
        name: "module-path",
        id: "module_path",
        takes: Takes::Texts(Joined::Paths),
        example: "[\"plans/modules\"]",
        set: |common, level, text| {
            common.module_path.push(match level {
                Level::Variable => PathBuf::from(text),
                Level::File(directory) => directory.join(text),
            });
            Ok(())
        },
    },
    Setting {
        name: "no-cache",
        id: "no_cache",
        takes: Takes::Switch,
        example: "true",
        set: |common, _, text| {
            common.remembered.no_cache = switch(text)?;
            Ok(())
        },
    },
    Setting {
        name: "progress",
        id: "progress",
        takes: Takes::Text,
        example: "\"never\"",
        set: |common, _, text| {
            common.written.progress = word(text)?;
            Ok(())
        },
    },
    Setting {
        name: "python-version",
        id: "python_version",
        takes: Takes::Text,
        example: "\"3.12\"",
        set: |common, _, text| {
            common.python_version = Some(python(text)?);
            Ok(())
        },
    },
    Setting {
        name: "timeout",
        id: "timeout",
        takes: Takes::Text,
        example: "\"30s\"",
        set: |common, _, text| {
            common.pace.timeout = Some(time(text)?);
            Ok(())
        },
    },
];

/// Why a name that is an option is no setting.
#[must_use]
pub fn refusal(name: &str) -> Option<&'static str> {
    match name.replace('_', "-").as_str() {
        name if name.starts_with("allow-") || name.starts_with("deny-") => Some(
            "what a plan may do is said on the command line only: neither a repository nor the environment allows it anything",
        ),
        "checkpoint" | "events" | "output" => {
            Some("it names a file that is written: give it as a flag")
        }
        "cache-dir" => Some("it belongs to the user: give it as a flag, or set QPLAN_CACHE_DIR"),
        "param" | "params" => {
            Some("parameters belong to a plan: give `--param NAME=TEXT`, or a default in `@params`")
        }
        _ => None,
    }
}

fn word<T: ValueEnum>(text: &str) -> Result<T, String> {
    T::from_str(text, false).map_err(|_| {
        let values = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let names: Vec<String> = values.map(|value| value.get_name().to_owned()).collect();
        one_of(&names.iter().map(String::as_str).collect::<Vec<_>>())
    })
}

fn one_of(words: &[&str]) -> String {
    format!("write {}", crate::diagnostic::either(words))
}

fn switch(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(one_of(&["true", "false"])),
    }
}

fn count(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "write a number from 0".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::config::find;

    #[test]
    fn settings_are_sorted_and_are_options_of_a_run() {
        assert!(SETTINGS.is_sorted_by_key(|setting| setting.name));
        let command = Common::augment(clap::Command::new("qplan"));
        for setting in SETTINGS {
            let option = command.get_arguments().find(|arg| arg.get_id() == setting.id);
            assert_eq!(option.and_then(clap::Arg::get_long), Some(setting.name));
        }
    }

    #[test]
    fn the_help_names_every_variable() {
        let help = crate::cli::command(&crate::actions::registry()).render_help().to_string();
        for setting in SETTINGS {
            let variable = format!("QPLAN_{}", setting.name.to_uppercase().replace('-', "_"));
            assert!(help.contains(&variable), "{variable}");
        }
    }

    #[test]
    fn no_permission_is_a_setting() {
        let command = Common::augment(clap::Command::new("qplan"));
        for option in command.get_arguments().filter_map(clap::Arg::get_long) {
            let is_permission = option.starts_with("allow") || option.starts_with("deny");
            assert!(!is_permission || find(option).is_none() && refusal(option).is_some());
        }
    }
}
