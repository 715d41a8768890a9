//! Invented names: of forces, places, streets and people. Nobody and nowhere is meant by them.

use super::chance::Chance;

const FORCE_SIDES: [&str; 8] = ["", "north", "east", "south", "west", "upper", "lower", "mid"];

const FORCE_LANDS: [&str; 12] = [
    "wessex",
    "averland",
    "brackmoor",
    "caldershire",
    "dunmarsh",
    "elmshire",
    "fernwold",
    "garthshire",
    "hexwold",
    "iverland",
    "kestrelshire",
    "lorneshire",
];

/// The name of a force by its number: the first is `wessex`.
pub(super) fn force_name(number: u32) -> String {
    let lands = u32::try_from(FORCE_LANDS.len()).unwrap_or(1);
    let sides = u32::try_from(FORCE_SIDES.len()).unwrap_or(1);
    let nth = |list: &[&'static str], place: u32| {
        usize::try_from(place).ok().and_then(|place| list.get(place)).copied().unwrap_or_default()
    };
    let mut name = nth(&FORCE_LANDS, number % lands).to_owned();
    let side = nth(&FORCE_SIDES, number / lands % sides);
    if !side.is_empty() {
        name = format!("{side}-{name}");
    }
    // Beyond every land and side the names go on with the reign that made the force.
    for _ in 0..number / lands / sides {
        name.push_str("-new");
    }
    name
}

const TOWN_STARTS: [&str; 24] = [
    "Ash", "Bram", "Carl", "Dray", "Elder", "Farn", "Gorse", "Hale", "Ingle", "Kelm", "Lark", "Marl", "Nether", "Orm",
    "Pell", "Quarr", "Rusk", "Saltern", "Thorn", "Under", "Vale", "Wain", "Yarrow", "Zeal",
];

const TOWN_ENDS: [&str; 10] = ["bridge", "combe", "cross", "ford", "ham", "holt", "ley", "mouth", "stow", "wick"];

/// The name of a town by its number, in an order of the force's own; numbers up to 239 differ.
pub(super) fn town_name(force_offset: u32, number: u32) -> String {
    let place = force_offset.wrapping_add(number.wrapping_mul(7)) % 240;
    let nth = |list: &[&'static str], place: u32| {
        usize::try_from(place).ok().and_then(|place| list.get(place)).copied().unwrap_or_default()
    };
    format!("{}{}", nth(&TOWN_STARTS, place % 24), nth(&TOWN_ENDS, place / 24))
}

const STREET_NAMES: [&str; 20] = [
    "Alder",
    "Beacon",
    "Chandler",
    "Drovers",
    "Eastgate",
    "Foundry",
    "Granary",
    "Heron",
    "Ironstone",
    "Juniper",
    "Kiln",
    "Limekiln",
    "Malthouse",
    "Nightingale",
    "Orchard",
    "Priory",
    "Quarry",
    "Ropewalk",
    "Sawmill",
    "Tannery",
];

const STREET_KINDS: [&str; 8] = ["Road", "Street", "Lane", "Close", "Avenue", "Way", "Terrace", "Gardens"];

/// A house in a street.
pub(super) fn street_line(chance: &mut Chance) -> String {
    let number = chance.between(1, 180);
    format!("{number} {} {}", chance.text(&STREET_NAMES), chance.text(&STREET_KINDS))
}

/// A postcode in area ZZ, which no place has.
pub(super) fn postcode(chance: &mut Chance) -> String {
    const LETTERS: [&str; 8] = ["AB", "DE", "FG", "HJ", "LN", "PQ", "RS", "TU"];
    format!("ZZ{} {}{}", chance.between(1, 89), chance.between(1, 9), chance.text(&LETTERS))
}

const MALE_NAMES: [&str; 40] = [
    "Alaric",
    "Ambrose",
    "Barnaby",
    "Bertram",
    "Caspian",
    "Clement",
    "Conrad",
    "Dashiell",
    "Edmund",
    "Elwin",
    "Ferdy",
    "Florian",
    "Gawain",
    "Gilbert",
    "Hadrian",
    "Horatio",
    "Ivor",
    "Jarvis",
    "Jolyon",
    "Kenelm",
    "Lambert",
    "Leander",
    "Magnus",
    "Merrick",
    "Ninian",
    "Norbert",
    "Osbert",
    "Oswin",
    "Peregrine",
    "Piers",
    "Quentin",
    "Ranulf",
    "Roland",
    "Septimus",
    "Tancred",
    "Torquil",
    "Ulric",
    "Vaughan",
    "Wilfrid",
    "Zebedee",
];

const FEMALE_NAMES: [&str; 16] = [
    "Araminta",
    "Beatrix",
    "Cordelia",
    "Drusilla",
    "Elfrida",
    "Flavia",
    "Gwendolen",
    "Hermia",
    "Isolde",
    "Jocasta",
    "Lavinia",
    "Morwenna",
    "Ottoline",
    "Perdita",
    "Rosalind",
    "Sidony",
];

const FAMILY_STARTS: [&str; 24] = [
    "Amber", "Birk", "Copper", "Dunn", "Ever", "Fallow", "Grims", "Hather", "Isel", "Jessop", "Kettle", "Lang",
    "Mossop", "Nor", "Oaken", "Penn", "Quill", "Raven", "Spar", "Tarn", "Umber", "Vance", "Whit", "Yar",
];

const FAMILY_ENDS: [&str; 12] =
    ["bury", "cott", "dale", "gate", "hurst", "low", "mere", "ridge", "stead", "thwaite", "wold", "worth"];

/// A man's given name.
pub(super) fn male_name(chance: &mut Chance) -> &'static str {
    chance.text(&MALE_NAMES)
}

/// A woman's given name.
pub(super) fn female_name(chance: &mut Chance) -> &'static str {
    chance.text(&FEMALE_NAMES)
}

/// A family name.
pub(super) fn family_name(chance: &mut Chance) -> String {
    format!("{}{}", chance.text(&FAMILY_STARTS), chance.text(&FAMILY_ENDS))
}

/// An officer's name.
pub(super) fn officer_name(chance: &mut Chance) -> String {
    let given = if chance.happens(500) { male_name(chance) } else { female_name(chance) };
    format!("{given} {}", family_name(chance))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_towns_of_a_force_have_names_of_their_own() {
        for offset in [0, 5, 239] {
            let names: BTreeSet<String> = (0..240).map(|number| town_name(offset, number)).collect();
            assert_eq!(names.len(), 240);
        }
    }

    #[test]
    fn forces_are_named_on_and_on() {
        let names: BTreeSet<String> = (0..300).map(force_name).collect();
        assert_eq!(names.len(), 300);
        assert_eq!(force_name(0), "wessex");
        assert_eq!(force_name(12), "north-wessex");
    }
}
