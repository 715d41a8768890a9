//! Chance of its own for whatever is drawn apart from the search: by the run's seed and what is drawn for, whatever else is planned.

/// A number of a text's own.
#[must_use]
pub fn key(text: &str) -> u64 {
    text.bytes().fold(0, |key, byte| mixed(key ^ u64::from(byte)))
}

/// A number below another, from chance that goes on to the next.
pub const fn below(bound: u64, chance: &mut u64) -> u64 {
    *chance = mixed(*chance);
    if bound == 0 { 0 } else { *chance % bound }
}

/// One step of SplitMix64 (Steele, Lea and Flood 2014): neighbouring numbers come out far apart.
#[must_use]
pub const fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
