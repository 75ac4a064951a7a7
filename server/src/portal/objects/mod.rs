//! The objects of one kind, as the API server prints them, with what is not well first.

mod kinds;
mod order;
mod stages;
mod states;

use std::collections::BTreeSet;
use std::sync::Arc;

use podside_app::{Place, PortalError};
use podside_cluster::{
    Connection, Discovery, Error, LabelSelector, Line, Listing, Meant, NoLabelSelector, Resource,
    Sight,
};
use podside_diagnosis::kubectl;
use podside_model::view::{
    ObjectColumn, ObjectList, ObjectRow, ObjectsAsk, ObjectsBody, ObjectsPage, Unwell,
};
use podside_model::{Lang, ObjectRef, Severity};

pub(super) use self::kinds::kinds;
use self::kinds::{row, unread};
use self::order::compare;
use self::stages::Stages;
use self::states::States;
use crate::bounds::{Text, bounded};
use crate::session::Session;

/// The columns by which every kind can be sorted beside its own.
const NAMESPACE: &str = "namespace";
const NAME: &str = "name";

pub(super) async fn objects(
    session: &Session,
    place: &Place,
    ask: &ObjectsAsk,
) -> Result<ObjectsPage, PortalError> {
    let lang = session.lang();
    bounded(lang, Text::Target, &ask.kind)?;
    for text in [&ask.labels, &ask.find, &ask.sort, &ask.node] {
        bounded(lang, Text::Find, text)?;
    }
    let seen = session.look(place).await?;
    let (Some(connection), Some(sight)) = (&seen.connection, &seen.sight) else {
        return Err(PortalError::Unavailable {
            what: super::resource::not_live(&seen.head.liveness),
        });
    };
    if let Some(namespace) = &place.namespace {
        super::triage::exists(&sight.snapshot, namespace, lang)?;
    }
    let mut page = ObjectsPage {
        ask: ask.clone(),
        kind: None,
        also: Vec::new(),
        command: None,
        body: ObjectsBody::Failed(String::new()),
        head: seen.head,
    };
    let resource = match meant(connection, &ask.kind).await {
        Ok((Meant::One(resource, also), _)) => {
            page.also = also.iter().map(row).collect();
            resource
        }
        Ok((Meant::Several(several), _)) => {
            page.body = ObjectsBody::Ambiguous(several.iter().map(row).collect());
            return Ok(page);
        }
        Ok((Meant::Nothing(near), discovery)) => {
            page.body = ObjectsBody::NoKind {
                near: near.iter().map(row).collect(),
                unread: unread(&discovery),
            };
            return Ok(page);
        }
        Err(error) => {
            page.body = refused(error);
            return Ok(page);
        }
    };
    page.kind = Some(row(&resource));
    let labels = match LabelSelector::parse(&ask.labels) {
        Ok(labels) => labels,
        Err(NoLabelSelector { part }) => {
            page.body = ObjectsBody::NoSelector(part);
            return Ok(page);
        }
    };
    let namespace = place.namespace.as_deref();
    page.command = Some(kubectl::objects(
        &plural(&resource),
        resource.is_namespaced,
        namespace,
        labels.as_str(),
        ask.wide,
    ));
    page.body = match connection.listing(&resource, namespace, &labels).await {
        Ok(listing) => {
            let of = Shown {
                session: session.clone(),
                cluster: page.head.cluster.clone(),
                sight: Arc::clone(sight),
                resource,
                listing,
                ask: ask.clone(),
            };
            // Thousands of rows take long enough to be sorted to hold up others.
            match tokio::task::spawn_blocking(move || of.list(lang)).await {
                Ok(list) => ObjectsBody::Listed(list),
                Err(error) => ObjectsBody::Failed(error.to_string()),
            }
        }
        Err(error) => refused(error),
    };
    Ok(page)
}

async fn meant(connection: &Connection, word: &str) -> Result<(Meant, Arc<Discovery>), Error> {
    let meant = connection.meant(word).await?;
    Ok((meant, connection.kinds().await?))
}

/// The plural by which kubectl takes the kind: with the group where it is not Kubernetes'
/// own.
fn plural(resource: &Resource) -> String {
    if podside_model::own_group(&resource.kind) == resource.group {
        resource.plural.clone()
    } else {
        resource.word()
    }
}

fn refused(error: Error) -> ObjectsBody {
    match error {
        Error::Denied { right, .. } => ObjectsBody::Denied(right),
        error => ObjectsBody::Failed(error.to_string()),
    }
}

/// What one page shows of a listing.
struct Shown {
    session: Session,
    cluster: String,
    sight: Arc<Sight>,
    resource: Resource,
    listing: Arc<Listing>,
    ask: ObjectsAsk,
}

/// A line with what is not well with its object.
struct Stated<'a> {
    line: &'a Line,
    object: ObjectRef,
    unwell: Option<states::Found<'a>>,
}

impl Shown {
    fn list(&self, lang: Lang) -> ObjectList {
        let states = States::of(&self.sight, &self.resource, &self.listing.columns);
        let mut stated: Vec<Stated<'_>> = self
            .listing
            .lines
            .iter()
            .map(|line| {
                let object = self.object(line);
                let unwell = states.find(&object, line);
                Stated {
                    line,
                    object,
                    unwell,
                }
            })
            .filter(|it| self.session.may_see(&self.cluster, &it.object))
            .collect();
        let (total, unwell) = (stated.len(), count_unwell(&stated));
        let namespaces: BTreeSet<&Option<String>> =
            stated.iter().map(|it| &it.line.namespace).collect();
        let namespaces = namespaces.iter().filter(|it| it.is_some()).count();
        let places = Stages::of(&self.resource, &self.listing.columns);
        let stages = places.counted(&stated);
        let nodes = places.nodes(&stated);
        stated.retain(|it| self.ask.node.is_empty() || places.node(it.line) == self.ask.node);
        if let Some(stage) = self.ask.stage {
            stated.retain(|it| it.unwell.is_none() && places.stage(it.line) == Some(stage));
        }
        let find = self.ask.find.to_lowercase();
        let words: Vec<String> = find.split_whitespace().map(str::to_owned).collect();
        stated.retain(|it| (it.unwell.is_some() || !self.ask.unwell) && it.line.says(&words));
        let (matching, matching_unwell) = (stated.len(), count_unwell(&stated));
        self.sort(&mut stated);
        let columns = self.listing.columns.iter();
        let shown: Vec<bool> = columns
            .map(|column| self.ask.wide || !column.is_wide)
            .collect();
        let rows = stated.into_iter().skip(self.ask.from);
        ObjectList {
            columns: self
                .listing
                .columns
                .iter()
                .zip(&shown)
                .filter(|(_, shown)| **shown)
                .map(|(column, _)| ObjectColumn {
                    name: column.name.clone(),
                    is_number: column.is_number,
                })
                .collect(),
            has_wide: self.listing.columns.iter().any(|column| column.is_wide),
            rows: rows
                .take(ObjectsAsk::ROWS)
                .map(|it| shown_row(it, &shown, lang))
                .collect(),
            total,
            is_cut: self.listing.is_cut,
            unwell,
            stages,
            nodes,
            matching,
            matching_unwell,
            namespaces,
        }
    }

    fn object(&self, line: &Line) -> ObjectRef {
        ObjectRef {
            kind: self.resource.kind.clone(),
            group: self.resource.group.clone(),
            namespace: line.namespace.clone(),
            name: line.name.clone(),
            container: None,
        }
    }

    /// What is not well comes first where nothing else is sorted after; equal ones stay in
    /// the server's order.
    fn sort(&self, stated: &mut [Stated<'_>]) {
        let (name, is_descending) = match self.ask.sort.strip_prefix('-') {
            Some(name) => (name, true),
            None => (self.ask.sort.as_str(), false),
        };
        let mut columns = self.listing.columns.iter();
        let column = columns.position(|column| column.name.eq_ignore_ascii_case(name));
        let text = |it: &Stated<'_>| match name {
            NAMESPACE => it.line.namespace.clone().unwrap_or_default(),
            NAME => it.line.name.clone(),
            _ => column.map_or_else(String::new, |at| it.line.cell(at).to_owned()),
        };
        if !matches!(name, NAMESPACE | NAME) && column.is_none() {
            stated.sort_by_key(|it| match &it.unwell {
                Some(found) => rank(found.severity),
                None => u8::MAX,
            });
            return;
        }
        stated.sort_by(|one, other| {
            let order = compare(&text(one), &text(other));
            if is_descending {
                order.reverse()
            } else {
                order
            }
        });
    }
}

const fn rank(severity: Severity) -> u8 {
    match severity {
        Severity::Critical => 0,
        Severity::Warning => 1,
        Severity::Info => 2,
    }
}

fn count_unwell(stated: &[Stated<'_>]) -> usize {
    stated.iter().filter(|it| it.unwell.is_some()).count()
}

fn shown_row(stated: Stated<'_>, shown: &[bool], lang: Lang) -> ObjectRow {
    let cells = stated.line.shown().into_iter().zip(shown);
    ObjectRow {
        cells: cells
            .filter(|(_, shown)| **shown)
            .map(|(cell, _)| cell)
            .collect(),
        unwell: stated.unwell.map(|found| Unwell {
            severity: found.severity,
            why: found.why(lang),
        }),
        object: stated.object,
    }
}
