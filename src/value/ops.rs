//! What operators do with values.

use std::cmp::Ordering;

/// Orders an integer and a float by value, exactly.
#[must_use]
pub fn compare_int_float(int: i64, float: f64) -> Ordering {
    if float >= 9.223_372_036_854_776e18 {
        return Ordering::Less;
    }
    if float < -9.223_372_036_854_776e18 {
        return Ordering::Greater;
    }
    #[expect(clippy::cast_possible_truncation, reason = "in range by the two tests above")]
    let whole = float.trunc() as i64;
    int.cmp(&whole).then_with(|| 0.0_f64.partial_cmp(&float.fract()).unwrap_or(Ordering::Equal))
}
