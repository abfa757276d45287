//! Which spellings, over the whole corpus, are one entity.
//!
//! Ids from the data file stand. Bare names ("name:boukamal") are united by what an article declares
//! of them, and where [`Names`] takes two spellings for one name. A wrong merge is worse than a missed
//! one: two known entities are never united, nor is a place with a person.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Entity;
use crate::claim::{Claim, MentionKind};
use crate::language::gazetteer::Gazetteer;
use crate::language::names::{self, Form, Names, fold};

/// Shortest key that can propose a merge.
const MIN_KEY: usize = 2;
/// Shortest acronym that is read without being declared.
const MIN_ACRONYM: usize = 3;

/// The entity ids of a corpus with the spellings they have there.
#[derive(Debug, Default)]
struct Seen(BTreeMap<String, SeenEntity>);

#[derive(Debug, Default)]
struct SeenEntity {
    /// Spelling and language of the text, with how often.
    spellings: BTreeMap<(String, String), usize>,
    kinds: BTreeSet<MentionKind>,
}

impl SeenEntity {
    /// The spellings that are the name itself and no phrase that stands for it ("the town"), each
    /// with its language.
    fn of_the_name(&self, name: &str) -> Vec<(String, String)> {
        let itself = |text: &str| text.to_lowercase() == name;
        let found: Vec<(String, String)> =
            self.spellings.keys().filter(|(text, _)| itself(text)).cloned().collect();
        if !found.is_empty() {
            return found;
        }
        let languages: BTreeSet<&String> = self.spellings.keys().map(|(_, code)| code).collect();
        languages.into_iter().map(|code| (name.to_owned(), code.clone())).collect()
    }
}

impl Seen {
    fn new(claims: &[Claim]) -> Self {
        let mut seen = Seen::default();
        for claim in claims {
            for mention in &claim.mentions {
                let entity = seen.0.entry(mention.entity.clone()).or_default();
                let spelling = (mention.text.clone(), claim.language.clone());
                *entity.spellings.entry(spelling).or_default() += 1;
                if mention.kind != MentionKind::Name {
                    entity.kinds.insert(mention.kind);
                }
            }
        }
        seen
    }

    fn iter(&self) -> impl Iterator<Item = (&String, &SeenEntity)> {
        self.0.iter()
    }

    fn contains(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    fn is_place(&self, id: &str) -> bool {
        self.0.get(id).is_some_and(|entity| entity.kinds.contains(&MentionKind::Place))
    }

    fn total(&self, id: &str) -> usize {
        self.0.get(id).map_or(0, |entity| entity.spellings.values().sum())
    }
}

/// Unites entity ids over all claims in place.
pub fn unify(claims: &mut [Claim], gazetteer: &Gazetteer) {
    let renamed = merges(claims, &Seen::new(claims), gazetteer);
    for claim in claims.iter_mut() {
        for mention in &mut claim.mentions {
            rename(&mut mention.entity, &renamed);
        }
        for participant in claim.events.iter_mut().flat_map(|e| e.roles.values_mut()).flatten() {
            rename(&mut participant.entity, &renamed);
        }
    }
    share_places(claims);
}

/// A name that any article shows to be a place is one in all, unless another shows it to be something else.
fn share_places(claims: &mut [Claim]) {
    let mut kinds: BTreeMap<String, BTreeSet<MentionKind>> = BTreeMap::new();
    for mention in claims.iter().flat_map(|claim| &claim.mentions) {
        if mention.kind != MentionKind::Name {
            kinds.entry(mention.entity.clone()).or_default().insert(mention.kind);
        }
    }
    let only_place = |id: &str| kinds.get(id).is_some_and(|k| k.iter().eq([&MentionKind::Place]));
    for mention in claims.iter_mut().flat_map(|claim| &mut claim.mentions) {
        if mention.kind == MentionKind::Name && only_place(&mention.entity) {
            mention.kind = MentionKind::Place;
        }
    }
}

fn rename(id: &mut String, renamed: &HashMap<String, String>) {
    // Both the whole id and the owner of a class ("name:boukamal:forces") are renamed.
    if let Some(to) = renamed.get(id.as_str()) {
        *id = to.clone();
    } else if let Some((owner, class)) = id.rsplit_once(':')
        && let Some(to) = renamed.get(owner)
    {
        *id = format!("{to}:{class}");
    }
}

/// A spelling that takes part in merging, with the entity it is of so far.
struct Spelled {
    name: String,
    id: String,
    form: Form,
    kinds: BTreeSet<MentionKind>,
}

impl Spelled {
    fn bare(&self) -> bool {
        is_bare(&self.id)
    }
}

fn is_bare(id: &str) -> bool {
    id.starts_with("name:")
}

/// For each bare name the id that it is a spelling of.
fn merges(claims: &[Claim], seen: &Seen, gazetteer: &Gazetteer) -> HashMap<String, String> {
    let names = Names::builtin();
    let state = |word: &str| gazetteer.state_of(word);
    let mut renamed = declared(claims, seen);
    let mut spelled: Vec<Spelled> = Vec::new();
    for (id, forms) in seen.iter().filter(|(id, _)| is_bare(id) && !renamed.contains_key(*id)) {
        for (name, language) in forms.of_the_name(id.trim_start_matches("name:")) {
            let form = names.form(&name, &language, &state);
            let kinds = forms.kinds.clone();
            spelled.push(Spelled { name, id: id.clone(), form, kinds });
        }
    }
    let mut not_names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut scripts: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (id, kind, known, others) in gazetteer.entities() {
        let written = known.iter().map(|name| names::script_of(name));
        scripts.entry(id.clone()).or_default().extend(written);
        let folded = others.iter().map(|name| fold(name));
        not_names.entry(id.clone()).or_default().extend(folded);
        // "Asean" is ASEAN and no name that sounds like it; nor is what sounds like an acronym one.
        let acronyms: BTreeSet<String> = known.iter().filter_map(|n| names::acronym(n)).collect();
        let sounded = |name: &&String| !acronyms.contains(&name.to_uppercase());
        for name in known.iter().filter(sounded) {
            let form = names.form(name, "", &state);
            let kinds = BTreeSet::from([kind]);
            spelled.push(Spelled { name: name.clone(), id: id.clone(), form, kinds });
        }
    }
    let mut by_key: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, one) in spelled.iter().enumerate() {
        for key in names.keys(&one.form).into_iter().filter(|key| key.len() >= MIN_KEY) {
            by_key.entry(key).or_default().push(at);
        }
    }
    // A key proposes; the closest pairs are united first.
    let mut pairs: BTreeSet<(usize, usize)> = BTreeSet::new();
    for group in by_key.values() {
        for (i, &a) in group.iter().enumerate() {
            let others = group[i + 1..].iter().filter(|&&b| spelled[a].id != spelled[b].id);
            let open = others.filter(|&&b| spelled[a].bare() || spelled[b].bare());
            pairs.extend(open.map(|&b| (a, b)));
        }
    }
    // A known name that is listed in the writing of the bare one is compared as it is listed there: what Arabic
    // leaves out of a word makes it sound like too many.
    let listed_otherwise = |a: &Spelled, b: &Spelled| {
        let (known, bare) = if a.bare() { (b, a) } else { (a, b) };
        let own = names::script_of(&bare.name);
        !known.bare()
            && own != names::script_of(&known.name)
            && scripts.get(&known.id).is_some_and(|all| all.contains(own))
    };
    let mut same: Vec<(f64, usize, usize)> = pairs
        .into_iter()
        .filter(|&(a, b)| may_be_one(&spelled[a], &spelled[b], &not_names))
        .filter(|&(a, b)| !listed_otherwise(&spelled[a], &spelled[b]))
        .filter_map(|(a, b)| {
            let compared = names.compare(&spelled[a].form, &spelled[b].form);
            compared.same.then_some((compared.distance, a, b))
        })
        .collect();
    same.sort_by(|x, y| x.0.total_cmp(&y.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    let first: HashMap<String, usize> =
        spelled.iter().enumerate().rev().map(|(at, one)| (one.id.clone(), at)).collect();
    for (_, a, b) in same {
        let (a_root, b_root) = (root(&renamed, &spelled[a].id), root(&renamed, &spelled[b].id));
        if a_root == b_root || !is_bare(&a_root) && !is_bare(&b_root) {
            continue;
        }
        // "A is B and B is C" makes no C of A: who stand for the two must agree as well.
        let agree = |x: &str, y: &str| match (first.get(x), first.get(y)) {
            (Some(&x), Some(&y)) => {
                x == a && y == b
                    || x == b && y == a
                    || names.compare(&spelled[x].form, &spelled[y].form).same
            }
            _ => true,
        };
        if is_bare(&a_root) && is_bare(&b_root) && !agree(&a_root, &b_root) {
            continue;
        }
        // A bare name goes to the known, or else to the frequent.
        let a_stays = match (is_bare(&a_root), is_bare(&b_root)) {
            (false, _) => true,
            (_, false) => false,
            _ => seen.total(&a_root) >= seen.total(&b_root),
        };
        let (from, to) = if a_stays { (b_root, a_root) } else { (a_root, b_root) };
        renamed.insert(from, to);
    }
    expansions(&spelled, &mut renamed);
    surnames(seen, &mut renamed);
    let ids: Vec<String> = renamed.keys().cloned().collect();
    ids.into_iter().map(|id| (id.clone(), root(&renamed, &id))).collect()
}

/// Whether kinds and the data file let two spellings be one thing.
fn may_be_one(a: &Spelled, b: &Spelled, not_names: &BTreeMap<String, BTreeSet<String>>) -> bool {
    let excluded =
        |id: &str, name: &str| not_names.get(id).is_some_and(|names| names.contains(&fold(name)));
    let one = |kinds: &BTreeSet<MentionKind>, kind| kinds.contains(&kind) && kinds.len() == 1;
    let (place, person) = (MentionKind::Place, MentionKind::Person);
    let clash = one(&a.kinds, place) && one(&b.kinds, person)
        || one(&a.kinds, person) && one(&b.kinds, place);
    !clash && !excluded(&a.id, &b.name) && !excluded(&b.id, &a.name)
}

/// What articles declare of their names ("Forces démocratiques syriennes (FDS)") holds for others
/// too, where no article declares otherwise.
fn declared(claims: &[Claim], seen: &Seen) -> HashMap<String, String> {
    let mut meant: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for mention in claims.iter().flat_map(|claim| &claim.mentions) {
        if mention.declared_alias_of.is_some() {
            let bare = format!("name:{}", mention.text.to_lowercase());
            meant.entry(bare).or_default().insert(mention.entity.clone());
        }
    }
    let one = |ids: BTreeSet<String>| ids.into_iter().next();
    meant
        .into_iter()
        .filter(|(bare, ids)| seen.contains(bare) && ids.len() == 1 && !ids.contains(bare))
        .filter_map(|(bare, ids)| Some((bare, one(ids)?)))
        .collect()
}

/// An acronym that nothing else explains is the one name of its language with these initials.
fn expansions(spelled: &[Spelled], renamed: &mut HashMap<String, String>) {
    let mut open: Vec<(&Spelled, String)> = Vec::new();
    for one in spelled.iter().filter(|one| one.bare() && !renamed.contains_key(&one.id)) {
        if let Some(acronym) = names::acronym(&one.name)
            && acronym.chars().count() >= MIN_ACRONYM
        {
            open.push((one, acronym));
        }
    }
    for (short, acronym) in open {
        let long: BTreeSet<String> = spelled
            .iter()
            .filter(|one| one.bare() && one.form.language() == short.form.language())
            .filter(|one| Names::builtin().initials(&one.name).contains(&acronym))
            .map(|one| root(renamed, &one.id))
            .collect();
        if let Some(id) = long.iter().next().filter(|id| long.len() == 1 && **id != short.id) {
            renamed.entry(short.id.clone()).or_insert_with(|| id.clone());
        }
    }
}

/// "Choïgou" is "Sergueï Choïgou" where the corpus knows one person of that surname.
fn surnames(seen: &Seen, renamed: &mut HashMap<String, String>) {
    let mut owners: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (id, _) in seen.iter().filter(|(id, _)| is_bare(id)) {
        let name = id.trim_start_matches("name:");
        if let Some((_, last)) = name.rsplit_once(' ') {
            owners.entry(last.to_owned()).or_default().insert(root(renamed, id));
        }
    }
    for (last, full) in owners {
        // "Kandidatin Grace Okondwe" ends in "Grace Okondwe": one person.
        let name = |id: &str| id.trim_start_matches("name:").to_owned();
        let shortest = full.iter().min_by_key(|id| (id.len(), (*id).clone())).cloned();
        let Some(shortest) = shortest else { continue };
        let (same, others): (BTreeSet<String>, BTreeSet<String>) =
            full.into_iter().partition(|id| {
                *id == shortest || name(id).ends_with(&format!(" {}", name(&shortest)))
            });
        for longer in same.iter().filter(|id| **id != shortest && id.starts_with("name:")) {
            renamed.entry(longer.clone()).or_insert_with(|| shortest.clone());
        }
        let full: BTreeSet<String> = others.into_iter().chain([shortest]).collect();
        let id = format!("name:{last}");
        // A river is no person of its name.
        let place = seen.is_place(&id);
        if full.len() == 1 && seen.contains(&id) && !place && !renamed.contains_key(&id) {
            renamed.extend(full.into_iter().filter(|f| *f != id).map(|f| (id.clone(), f)));
        }
    }
}

fn root(renamed: &HashMap<String, String>, id: &str) -> String {
    let mut at = id;
    while let Some(next) = renamed.get(at) {
        at = next;
    }
    at.to_owned()
}

/// The entities that claims mention, by id.
pub fn list(claims: &[Claim], gazetteer: &Gazetteer, names_in: &str) -> Vec<Entity> {
    type Forms = BTreeMap<String, usize>;
    let mut entities: BTreeMap<&str, (BTreeMap<MentionKind, usize>, Forms)> = BTreeMap::new();
    for mention in claims.iter().flat_map(|claim| &claim.mentions) {
        let (kinds, forms) = entities.entry(&mention.entity).or_default();
        *kinds.entry(mention.kind).or_default() += 1;
        *forms.entry(mention.text.clone()).or_default() += 1;
    }
    entities
        .into_iter()
        .map(|(id, (kinds, forms))| {
            let mut spellings: Vec<(String, usize)> = forms.into_iter().collect();
            // A name before a phrase that stands for it: "Daech" before "combattants".
            let phrase = |text: &str| text.starts_with(char::is_lowercase);
            spellings.sort_by(|a, b| {
                let by_name = phrase(&a.0).cmp(&phrase(&b.0));
                by_name.then_with(|| b.1.cmp(&a.1)).then_with(|| a.0.cmp(&b.0))
            });
            let spellings: Vec<String> = spellings.into_iter().map(|(text, _)| text).collect();
            let kind = kinds.into_iter().max_by_key(|&(_, n)| n).map_or(MentionKind::Name, |k| k.0);
            let listed = gazetteer.display_name(id, names_in).map(str::to_owned);
            let name = listed.or_else(|| spellings.first().cloned()).unwrap_or(id.to_owned());
            Entity { id: id.to_owned(), name, kind, spellings }
        })
        .collect()
}

#[cfg(test)]
mod tests;
