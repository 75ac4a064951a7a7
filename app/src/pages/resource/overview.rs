use jiff::Timestamp;
use leptos::prelude::*;
use podside_model::view::{Condition, Content, EventRow, Health, Reading, Row, Section, Value};

use super::EventTable;
use crate::clock;
use crate::components::{ObjectLink, SeverityMark, StripDrawing, StripLegend, Tone, Yaml};
use crate::preferences::lang;
use crate::words::ResourceWords;

/// The sections of `kubectl describe` in its order, then the newest events.
#[component]
pub(super) fn Overview(
    kind: String,
    sections: Vec<Section>,
    events: Reading<Vec<EventRow>>,
    /// How many events there are in all.
    count: Option<usize>,
    /// Where all events are.
    all: String,
    now: Timestamp,
) -> impl IntoView {
    let w = ResourceWords::of(lang());
    let sections = sections
        .into_iter()
        .map(|section| {
            let described = section.title == kind && section.name.is_none();
            view! {
                <section class="row ruled">
                    <div class="margin">
                        <h2>{section.title}{section.name.map(|name| view! { <br/>{name} })}</h2>
                        {described.then(|| view! { <p>{w.in_the_order_of}" "<code>"kubectl describe"</code></p> })}
                    </div>
                    {content(section.content, now)}
                </section>
            }
        })
        .collect_view();
    view! {
        <div class="overview">
            {sections}
            <section class="row ruled">
                <div class="margin">
                    <h2>{w.events}</h2>
                    {count.filter(|&count| count > 0).map(|count| view! { <p><a href=all>{(w.all_events)(count)}</a></p> })}
                </div>
                <EventTable events now/>
            </section>
        </div>
    }
    .into_any()
}

fn content(content: Content, now: Timestamp) -> AnyView {
    match content {
        Content::Rows(rows) => rows_of(rows, now),
        Content::Conditions(conditions) => conditions_of(conditions),
        Content::Table { head, rows } => table_of(head, rows, now),
        Content::Yaml(text) => view! { <Yaml text marked=None/> }.into_any(),
    }
}

fn rows_of(rows: Vec<Row>, now: Timestamp) -> AnyView {
    let rows = rows
        .into_iter()
        .map(|row| {
            let values = values(row.values, Some(&row.label), now);
            view! {
                <div class=if row.nested { "nested" } else { "" }>
                    <dt>{row.label}</dt>
                    <dd>{values}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="describe">{rows}</dl> }.into_any()
}

fn values(values: Vec<Value>, label: Option<&str>, now: Timestamp) -> AnyView {
    if values.is_empty() {
        return view! { <span class="quiet">{ResourceWords::of(lang()).none}</span> }.into_any();
    }
    values
        .into_iter()
        .map(|value| view! { {shown(value, label, now)}" " })
        .collect_view()
        .into_any()
}

fn shown(value: Value, label: Option<&str>, now: Timestamp) -> AnyView {
    match value {
        Value::Text(text) => text.into_any(),
        Value::Mono(text) => view! { <code>{text}</code> }.into_any(),
        Value::Quiet(text) => view! { <span class="quiet">{text}</span> }.into_any(),
        Value::Strong(text) => view! { <strong>{text}</strong> }.into_any(),
        Value::Label(text) => view! { <code class="label">{text}</code> }.into_any(),
        Value::Object(object) => {
            // A label such as "Service Account" says the kind already.
            let name_only = label.is_some_and(|label| label.replace(' ', "") == object.kind);
            view! { <ObjectLink object here=true name_only/> }.into_any()
        }
        Value::Moment(at) => view! {
            <time datetime=clock::machine(at)>
                <code>{clock::date_and_clock(at)}</code>
                " "
                <span class="quiet">{clock::ago(at, now, lang())}</span>
            </time>
        }
        .into_any(),
        Value::State(severity, text) => {
            view! { <SeverityMark tone=severity word=text/> }.into_any()
        }
        Value::Strip(strip) => view! {
            <div class="with-legend">
                <StripDrawing strip=strip.clone()/>
                <StripLegend strip short=true/>
            </div>
        }
        .into_any(),
    }
}

fn conditions_of(conditions: Vec<Condition>) -> AnyView {
    let conditions = conditions
        .into_iter()
        .map(|condition| {
            let status = match condition.health {
                Health::Well => {
                    view! { <SeverityMark tone=Tone::Healthy word=condition.status/> }.into_any()
                }
                Health::Broken => {
                    view! { <SeverityMark tone=Tone::Critical word=condition.status/> }.into_any()
                }
                Health::Unknown => {
                    view! { <SeverityMark tone=Tone::Unknown word=condition.status/> }.into_any()
                }
                Health::Plain => view! { <strong>{condition.status}</strong> }.into_any(),
            };
            let title = condition.message.clone();
            let why = condition
                .reason
                .map(|reason| view! { <dd class="meta" title=title>{reason}</dd> });
            view! { <div><dt>{condition.name}</dt><dd class="status">{status}</dd>{why}</div> }
        })
        .collect_view();
    view! { <dl class="conditions">{conditions}</dl> }.into_any()
}

fn table_of(head: Vec<String>, rows: Vec<Vec<Vec<Value>>>, now: Timestamp) -> AnyView {
    let head = head
        .into_iter()
        .map(|text| view! { <th scope="col">{text}</th> })
        .collect_view();
    let rows = rows
        .into_iter()
        .map(|row| {
            let cells = row
                .into_iter()
                .map(|cell| view! { <td>{values(cell, None, now)}</td> })
                .collect_view();
            view! { <tr>{cells}</tr> }
        })
        .collect_view();
    view! {
        <div class="table-place" tabindex="0">
            <table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>
        </div>
    }
    .into_any()
}
