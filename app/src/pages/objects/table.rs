//! Objects in rows and columns.

use leptos::prelude::*;
use podside_model::Severity;
use podside_model::view::{KindRow, ObjectList, ObjectRow, ObjectsAsk, Unwell, UnwellWhy};

use super::ask;
use crate::address::{self, Tab};
use crate::components::{SeverityMark, Tone};
use crate::portal::Place;
use crate::preferences::lang;
use crate::words::ObjectsWords;

/// Columns that say how an object is, in the order in which they are looked for.
const STATES: [&str; 4] = ["Status", "Phase", "Ready", "State"];

/// What the rows of a table have in common.
struct Layout<'a> {
    place: &'a Place,
    list: &'a ObjectList,
    ask: &'a ObjectsAsk,
    /// Whether the rows name their namespaces.
    has_namespace: bool,
    /// The column that says how an object is.
    state: Option<usize>,
    /// Whether a column says it in words.
    has_words: bool,
}

pub(super) fn table(place: &Place, kind: &KindRow, ask: &ObjectsAsk, list: &ObjectList) -> AnyView {
    let state = |name: &str| list.columns.iter().position(|column| column.name == name);
    let layout = Layout {
        place,
        list,
        ask,
        has_namespace: kind.is_namespaced && place.namespace.is_none(),
        state: STATES.iter().find_map(|name| state(name)),
        has_words: list.rows.iter().any(|row| row.unwell.is_some()),
    };
    let head = layout.head();
    let mut rows = Vec::new();
    let mut before = None;
    for row in &list.rows {
        let is_unwell = row.unwell.is_some();
        if ask.sort.is_empty() && list.matching_unwell > 0 && before != Some(is_unwell) {
            rows.push(layout.group(is_unwell));
        }
        before = Some(is_unwell);
        rows.push(layout.row(row));
    }
    let count = list.matching.to_string();
    view! {
        <div class="table-place">
            <table class="listed" aria-rowcount=count>
                <thead><tr>{head}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

impl Layout<'_> {
    fn head(&self) -> AnyView {
        let w = ObjectsWords::of(lang());
        let namespace = self
            .has_namespace
            .then(|| self.sortable("namespace", w.namespace, false));
        let words = || {
            self.has_words
                .then(|| view! { <th scope="col">{w.in_words}</th> })
        };
        let first = self.state.is_none().then(words);
        let columns = self
            .list
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let head = self.sortable(&column.name, &column.name, column.is_number);
                let words = (self.state == Some(at)).then(words);
                view! { {head}{words} }
            })
            .collect_view();
        view! { {namespace}{self.sortable("name", w.name, false)}{first}{columns} }.into_any()
    }

    /// The head of a column as a link that sorts after it, and then the other way round.
    fn sortable(&self, column: &str, text: &str, is_number: bool) -> AnyView {
        let name = self.ask.sort.trim_start_matches('-');
        let is_sorted = name.eq_ignore_ascii_case(column);
        let is_descending = is_sorted && self.ask.sort.starts_with('-');
        let next = if is_sorted && !is_descending {
            format!("-{column}")
        } else {
            column.to_owned()
        };
        let ask = ObjectsAsk {
            sort: next,
            from: 0,
            ..self.ask.clone()
        };
        let sorted = is_sorted.then_some(if is_descending {
            "descending"
        } else {
            "ascending"
        });
        let arrow = match sorted {
            Some("descending") => " ↓",
            Some(_) => " ↑",
            None => "",
        };
        let class = if is_number { "number" } else { "" };
        let href = ask::href(self.place, &ask);
        let text = text.to_owned();
        view! {
            <th scope="col" class=class aria-sort=sorted>
                <a href=href rel="nofollow">{text}<span aria-hidden="true">{arrow}</span></a>
            </th>
        }
        .into_any()
    }

    /// The row above those that are not well, and the one above the rest.
    fn group(&self, is_unwell: bool) -> AnyView {
        let w = ObjectsWords::of(lang());
        let (title, count) = if is_unwell {
            (w.group_not_well, self.list.matching_unwell)
        } else {
            let rest = self.list.matching.saturating_sub(self.list.matching_unwell);
            (w.group_rest, rest)
        };
        let columns = 1
            + usize::from(self.has_namespace)
            + usize::from(self.has_words)
            + self.list.columns.len();
        view! {
            <tr class="group">
                <th scope="rowgroup" colspan=columns.to_string()>{title}" "<span>{count.to_string()}</span></th>
            </tr>
        }
        .into_any()
    }

    fn row(&self, row: &ObjectRow) -> AnyView {
        let w = ObjectsWords::of(lang());
        let href = address::object(self.place, &row.object, Tab::Overview);
        let namespace = self.has_namespace.then(|| {
            let namespace = row.object.namespace.clone().unwrap_or_default();
            view! { <td class="place" data-label=w.namespace><code>{namespace}</code></td> }
        });
        let name = row.object.name.clone();
        let words = || {
            self.has_words
                .then(|| self.words(row, self.state.is_none()))
        };
        let first = self.state.is_none().then(words);
        let cells = self
            .list
            .columns
            .iter()
            .zip(&row.cells)
            .enumerate()
            .map(|(at, (column, cell))| {
                let label = column.name.clone();
                let class = if column.is_number { "number" } else { "" };
                let is_state = self.state == Some(at);
                let text = match row.unwell.as_ref().filter(|_| is_state) {
                    Some(unwell) => mark(unwell, &column.name, cell),
                    None => cell.clone().into_any(),
                };
                let class = if is_state { "state" } else { class };
                let words = is_state.then(words);
                view! { <td class=class data-label=label>{text}</td>{words} }
            })
            .collect_view();
        view! {
            <tr>
                {namespace}
                <td class="called"><a class="object" href=href data-row="">{name}</a></td>
                {first}
                {cells}
            </tr>
        }
        .into_any()
    }

    /// What is not well, in words; with its mark where no column has it.
    fn words(&self, row: &ObjectRow, with_mark: bool) -> AnyView {
        let w = ObjectsWords::of(lang());
        let Some(unwell) = &row.unwell else {
            return view! { <td class="words-cell none"></td> }.into_any();
        };
        let mark = with_mark.then(|| view! { <SeverityMark tone=tone(unwell)/>" " });
        let says = match &unwell.why {
            UnwellWhy::Problem { id, title } => {
                let href = address::problem(self.place, id);
                view! { <a href=href title=title.clone()>{title.clone()}</a> }.into_any()
            }
            UnwellWhy::Unexplained(what) => what.clone().into_any(),
            UnwellWhy::NotReady => w.says_not_ready.into_any(),
        };
        view! { <td class="words-cell">{mark}{says}</td> }.into_any()
    }
}

const fn tone(unwell: &Unwell) -> Tone {
    match (&unwell.why, unwell.severity) {
        (UnwellWhy::Unexplained(_), _) => Tone::Unexplained,
        (_, Severity::Critical) => Tone::Critical,
        (_, Severity::Warning) => Tone::Warning,
        (_, Severity::Info) => Tone::Info,
    }
}

/// The state of what is not well. A mark never stands beside a bare "Running".
fn mark(unwell: &Unwell, column: &str, cell: &str) -> AnyView {
    let w = ObjectsWords::of(lang());
    let word = match cell {
        "Running" if column == "Status" => w.running_not_ready.to_owned(),
        cell => cell.to_owned(),
    };
    let tone = tone(unwell);
    if word.is_empty() {
        return view! { <SeverityMark tone/> }.into_any();
    }
    view! { <SeverityMark tone word/> }.into_any()
}
