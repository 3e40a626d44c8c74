//! Sizes of files and of memory as people write them, `512m`, `2GB`, and as messages say them. A unit is 1,024 of the
//! one before.

/// The units by their letters, and the power of two each is.
const UNITS: [(&str, &str, u32); 3] = [("g", "GiB", 30), ("m", "MiB", 20), ("k", "KiB", 10)];

/// The bytes that a text spells.
///
/// # Errors
/// What to write.
pub fn parse(text: &str) -> Result<u64, String> {
    let lower = text.to_ascii_lowercase();
    let (digits, unit) =
        lower.split_at(lower.find(|c: char| !c.is_ascii_digit()).unwrap_or(lower.len()));
    let number: u64 = digits.parse().map_err(|_| "write a number, such as `4m`".to_owned())?;
    let power = match unit.strip_suffix("ib").or_else(|| unit.strip_suffix('b')).unwrap_or(unit) {
        "" if unit != "ib" => Some(0),
        letter => UNITS.iter().find(|(known, _, _)| *known == letter).map(|(_, _, power)| *power),
    };
    power
        .and_then(|power| number.checked_mul(1 << power))
        .ok_or_else(|| "write bytes, or a number with k, m or g".to_owned())
}

/// The bytes in the greatest unit that holds them without a rest: `512 MiB`, `1000 bytes`.
#[must_use]
pub fn text(bytes: u64) -> String {
    let exact =
        |&&(_, _, power): &&(&str, &str, u32)| bytes > 0 && bytes.is_multiple_of(1 << power);
    match UNITS.iter().find(exact) {
        Some((_, name, power)) => format!("{} {name}", bytes >> power),
        None if bytes == 1 => "1 byte".to_owned(),
        None => format!("{bytes} bytes"),
    }
}

/// The same for people who want to know about how much it is: `1.4 GiB`.
#[must_use]
pub fn rough(bytes: u64) -> String {
    match UNITS.iter().find(|(_, _, power)| bytes >> power > 0) {
        None => text(bytes),
        Some((_, name, power)) => {
            // Tenths are cut, not rounded: 1,023.99 KiB are no 1,024.0 KiB.
            let tenths = (u128::from(bytes) * 10) >> power;
            format!("{}.{} {name}", tenths / 10, tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_powers_of_1024_whatever_their_case() {
        for (written, bytes) in [
            ("0", 0),
            ("123", 123),
            ("7b", 7),
            ("500k", 500 << 10),
            ("4M", 4 << 20),
            ("512MB", 512 << 20),
            ("2GB", 2 << 30),
            ("3GiB", 3 << 30),
        ] {
            assert_eq!(parse(written), Ok(bytes), "{written}");
        }
        for wrong in ["", "m", "-1", "1.5g", "1 g", "4mm", "4bb", "4ib", "4x", "99999999999g"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_are_said_exactly_or_roughly() {
        let said = |bytes| (text(bytes), rough(bytes));
        for (bytes, exact, about) in [
            (0, "0 bytes", "0 bytes"),
            (1, "1 byte", "1 byte"),
            (1000, "1000 bytes", "1000 bytes"),
            (1536, "1536 bytes", "1.5 KiB"),
            (512 << 20, "512 MiB", "512.0 MiB"),
            ((1 << 20) - 1, "1048575 bytes", "1023.9 KiB"),
            (8 << 30, "8 GiB", "8.0 GiB"),
        ] {
            assert_eq!(said(bytes), (exact.to_owned(), about.to_owned()));
        }
    }
}
