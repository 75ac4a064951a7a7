//! The page that tells what expressions see, printed from its description.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::shape::{Field, Shape, Type};
use super::{VARIABLES, shape};
use crate::facts::Kind;

const HEAD: &str = "\
# What runbook expressions see

A step of a runbook may have a check by `cel`: an expression in the
[Common Expression Language](https://github.com/google/cel-spec/blob/master/doc/langdef.md) that gives true or false.

    check:
      cel: target.replicas.ready < target.replicas.wanted && events.exists(e, e.reason == 'FailedScheduling')
      shows: [replicas, warnings]

`podside runbook check` refuses an expression that does not fit the tables below, for any kind in the runbook's `targets`.

- What could not be read is *unknown*, with its reason, and never false: the step then suggests no answer. That is so of
  every variable and field that an expression reads, wherever it stands in it.
- Fields are named as in the API. What the API leaves out when it is empty is there and empty; a field that may be
  *missing* is asked for with `has(…)`. Quantities are texts as they are written.
- There are the operators, `has`, `exists`, `all`, `exists_one`, `map`, `filter`, `in`, and the functions `size`,
  `contains`, `startsWith`, `endsWith`, `int` and `string`. Only texts, numbers, true and false can be compared.
- At most two loops may stand within each other, and an expression may go through so many values only
  (100,000, or 3,000 with loops within each other); beyond that there is no answer.

This page is printed from the description that expressions are checked against and evaluated over
(`server/diagnosis/src/runbook/seen/`).
";

/// The page: `docs/runbook-expressions.md`.
pub fn reference() -> String {
    let mut page = HEAD.to_owned();
    page += "\n## Variables\n\n| variable | type | |\n| --- | --- | --- |\n";
    for variable in VARIABLES {
        let of = variable.of.map_or_else(|| "by kind".to_owned(), type_of);
        row(&mut page, variable.name, &of, variable.doc);
    }
    let mut known = BTreeSet::new();
    page += "\n## Targets\n\nWhat `target` has depends on its kind. All kinds have these:\n";
    let common = shape(Kind::Pod).common;
    fields(&mut page, common.iter());
    let mut parts: Vec<&'static Shape> = Vec::new();
    parts_of(common.iter(), &mut parts);
    parts.extend(
        VARIABLES
            .iter()
            .filter_map(|variable| variable.of.and_then(part_of)),
    );
    let kinds = Kind::ALL.iter().copied().chain([Kind::Other]);
    for of in kinds.map(shape) {
        if known.insert(of.name) {
            section(&mut page, of);
            parts_of(of.own.iter(), &mut parts);
        }
    }
    page +=
        "\n## Parts\n\nWhat fields and variables hold that is no object of the cluster itself.\n";
    let mut at = 0;
    let mut all: Vec<&'static Shape> = Vec::new();
    while let Some(part) = parts.get(at).copied() {
        at += 1;
        if part.common.is_empty() && known.insert(part.name) {
            parts_of(part.own.iter(), &mut parts);
            all.push(part);
        }
    }
    all.sort_by_key(|part| part.name);
    for part in all {
        section(&mut page, part);
    }
    page
}

fn section(page: &mut String, of: &'static Shape) {
    let _ = write!(page, "\n### {}\n\n{}\n", of.name, of.doc);
    if !of.own.is_empty() {
        fields(page, of.own.iter());
    }
}

fn fields(page: &mut String, fields: impl Iterator<Item = &'static Field>) {
    *page += "\n| field | type | |\n| --- | --- | --- |\n";
    for field in fields {
        let of = type_of(field.of);
        let of = if field.optional {
            format!("{of}, may be missing")
        } else {
            of
        };
        row(page, field.name, &of, field.doc);
    }
}

fn row(page: &mut String, name: &str, of: &str, doc: &str) {
    let _ = writeln!(page, "| `{name}` | {of} | {doc} |");
}

fn type_of(of: Type) -> String {
    match of {
        Type::Flag => "true or false".to_owned(),
        Type::Int => "number".to_owned(),
        Type::Text => "text".to_owned(),
        Type::List(of) => format!("list of {}", type_of(*of)),
        Type::Map(of) => format!("{} by name", type_of(*of)),
        Type::Object(shape) => format!("[{}](#{})", shape.name, shape.name.to_lowercase()),
    }
}

fn parts_of(fields: impl Iterator<Item = &'static Field>, parts: &mut Vec<&'static Shape>) {
    parts.extend(fields.filter_map(|field| part_of(field.of)));
}

fn part_of(of: Type) -> Option<&'static Shape> {
    match of {
        Type::List(of) | Type::Map(of) => part_of(*of),
        Type::Object(shape) => Some(shape),
        Type::Flag | Type::Int | Type::Text => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/runbook-expressions.md"
    ));

    /// To renew the page: `BLESS=1 cargo nextest run reference`.
    #[test]
    fn the_reference_page_is_that_of_the_description() {
        let page = reference();
        if std::env::var_os("BLESS").is_some() {
            let path = concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../docs/runbook-expressions.md"
            );
            std::fs::write(path, &page).unwrap();
        }
        assert!(
            page == PAGE,
            "docs/runbook-expressions.md is out of date; renew it with BLESS=1"
        );
    }

    #[test]
    fn every_name_is_one_thing_and_every_doc_one_sentence() {
        for kind in Kind::ALL {
            let of = shape(*kind);
            let shared = ["Role", "RoleBinding", "Route", "WebhookConfiguration"];
            assert!(
                of.name == kind.name() || shared.contains(&of.name),
                "{}",
                of.name
            );
            assert!(!of.common.is_empty(), "{}", of.name);
            let mut names = BTreeSet::new();
            for field in of.fields() {
                assert!(names.insert(field.name), "{}.{}", of.name, field.name);
                assert!(field.doc.ends_with('.'), "{}.{}", of.name, field.name);
            }
        }
    }
}
