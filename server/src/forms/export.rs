//! Files to be kept: the history for a spreadsheet, and what a link shows as Markdown.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use podside_app::{PortalError, RefusalWords};
use podside_model::form::HistorySearch;
use podside_model::view::PastInvestigation;

use super::NEVER_KEPT;
use crate::portal::{exported, shared};
use crate::refusal::refuse;
use crate::report;
use crate::session::Session;

/// What a link shows, as a Markdown file. Like its page, it needs neither login nor
/// cluster, and is not there for a link that is wrong, expired or revoked.
pub(super) async fn shared_markdown(session: Session, Path(token): Path<String>) -> Response {
    let lang = session.lang();
    let page = match shared(&session, &token).await {
        Ok(page) => page,
        Err(PortalError::NotFound { .. }) => {
            let says = format!("{}\n", RefusalWords::of(lang).nothing_at_link);
            return (StatusCode::NOT_FOUND, [NEVER_KEPT], says).into_response();
        }
        Err(error) => return refuse(&error),
    };
    let name = format!("attachment; filename=\"{}\"", report::file_name(&page));
    let kept = [(CONTENT_TYPE, "text/markdown; charset=utf-8"), NEVER_KEPT];
    let named = [(CONTENT_DISPOSITION, name)];
    (kept, named, report::shared(&page, lang)).into_response()
}

/// The past investigations that the page finds for the same words, all of its pages.
pub(super) async fn history(
    session: Session,
    Query(HistorySearch { words }): Query<HistorySearch>,
) -> Response {
    let table = match exported(&session, &words).await {
        Ok(rows) => table(&rows),
        Err(error) => return refuse(&error),
    };
    let Some(table) = table else {
        return refuse(&PortalError::Unavailable {
            what: RefusalWords::of(session.lang()).file_unwritten.to_owned(),
        });
    };
    let kept = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"history.csv\""),
        NEVER_KEPT,
    ];
    (kept, table).into_response()
}

/// The columns. They are the same in every language, for whoever reads them by program.
const COLUMNS: [&str; 12] = [
    "investigation",
    "started_at",
    "cluster",
    "kind",
    "namespace",
    "name",
    "title",
    "cause",
    "who",
    "seconds_to_cause",
    "live_links",
    "frozen_links",
];

/// Comma-separated values as RFC 4180 has them. `None` only if memory cannot be written.
fn table(rows: &[PastInvestigation]) -> Option<Vec<u8>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(COLUMNS).ok()?;
    for row in rows {
        let fields = [
            row.id.to_string(),
            row.started_at.to_string(),
            row.cluster.clone(),
            row.target.kind.clone(),
            row.target.namespace.clone().unwrap_or_default(),
            row.target.name.clone(),
            row.title.clone(),
            row.cause
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            row.who.clone(),
            row.seconds.map(|it| it.to_string()).unwrap_or_default(),
            row.live_links.to_string(),
            row.frozen_links.to_string(),
        ];
        table.write_record(fields.map(plain)).ok()?;
    }
    table.into_inner().ok()
}

/// A field that no spreadsheet takes for a formula: cluster text is hostile. See
/// OWASP, "CSV Injection". Where a comma is the decimal sign, a semicolon or a tab begins
/// a cell, within quotes too; and spaces before the sign change nothing.
fn plain(field: String) -> String {
    let mut plain = String::with_capacity(field.len());
    let mut begins = true;
    for c in field.chars() {
        if begins && FORMULA.contains(&c) {
            plain.push('\'');
        }
        begins = matches!(c, ';' | '\t' | '\n') || (begins && c.is_whitespace());
        plain.push(c);
    }
    plain
}

/// What begins a formula, in the wide form too.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

#[cfg(test)]
mod tests {
    use podside_model::{Cause, InvestigationId, ObjectRef};

    use super::*;

    #[test]
    fn nothing_begins_a_formula_wherever_a_cell_may_begin() {
        for (field, wanted) in [
            ("=1", "'=1"),
            ("  @x", "  '@x"),
            ("a;=1;\t-2\n+3", "a;'=1;\t'-2\n'+3"),
            ("＝1", "'＝1"),
            ("a=b, -1", "a=b, -1"),
            ("2026-11-20", "2026-11-20"),
        ] {
            assert_eq!(plain(field.to_owned()), wanted, "{field:?}");
        }
    }

    #[test]
    fn a_row_is_written_and_nothing_in_it_is_a_formula() {
        let row = PastInvestigation {
            id: InvestigationId(7),
            title: "=HYPERLINK(\"http://x\"), \"quoted\"".to_owned(),
            target: ObjectRef::namespaced("Service", "shop", "cart"),
            cluster: "@practice".to_owned(),
            cause: Some(Cause::known("oom-killed")),
            concluded: true,
            who: "oncall-1".to_owned(),
            started_at: "2026-11-20T20:28:17Z".parse().unwrap(),
            seconds: Some(34),
            frozen_links: 2,
            live_links: 0,
        };
        let open = PastInvestigation {
            cause: None,
            seconds: None,
            target: ObjectRef::cluster("Node", "node-1"),
            title: "a\nb".to_owned(),
            ..row.clone()
        };
        let table = String::from_utf8(table(&[row, open]).unwrap()).unwrap();
        assert_eq!(
            table,
            "investigation,started_at,cluster,kind,namespace,name,title,cause,who,seconds_to_cause,live_links,frozen_links\n\
             7,2026-11-20T20:28:17Z,'@practice,Service,shop,cart,\"'=HYPERLINK(\"\"http://x\"\"), \"\"quoted\"\"\",oom-killed,oncall-1,34,0,2\n\
             7,2026-11-20T20:28:17Z,'@practice,Node,,node-1,\"a\nb\",,oncall-1,,0,2\n"
        );
    }
}
