//! Durations as plans write them: a number glued to `ms`, `s`, `m` or `h`.

use std::time::Duration;

/// The duration a text spells, if it spells one.
#[must_use]
pub fn parse(text: &str) -> Option<Duration> {
    let units = [("ms", 1e-3), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];
    let (number, scale) = units
        .into_iter()
        .find_map(|(unit, scale)| text.strip_suffix(unit).map(|number| (number, scale)))?;
    if !number.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let number: f64 = number.replace('_', "").parse().ok()?;
    Duration::try_from_secs_f64(number * scale).ok()
}

/// What a bare number was probably meant as, if a duration can be made of it. Few are seconds for certain; many may as
/// well be milliseconds.
#[must_use]
pub fn guess(number: &str) -> Option<(String, Certainty)> {
    let few = number.replace('_', "").parse::<f64>().ok()? < 100.0;
    let (unit, certainty) = if few { ("s", Certainty::Certain) } else { ("ms", Certainty::Likely) };
    let text = format!("{number}{unit}");
    parse(&text).filter(|duration| !duration.is_zero()).map(|_| (text, certainty))
}

/// How sure a guess is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// A program may apply it unasked.
    Certain,
    /// A person should look at it first.
    Likely,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_is_a_duration() {
        assert_eq!(guess("5"), Some(("5s".into(), Certainty::Certain)));
        assert_eq!(guess("500"), Some(("500ms".into(), Certainty::Likely)));
        for wrong in ["-5", "inf", "nan", "soon", "", ".5", " 5", "0"] {
            assert_eq!(guess(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_duration_is_a_number_glued_to_its_unit() {
        assert_eq!(parse("1_500ms"), Some(Duration::from_millis(1500)));
        assert_eq!(parse("1.5m"), Some(Duration::from_secs(90)));
        for wrong in ["", "5", "s", "5 s", "-1s", "infs", "1d", "1e999h"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
