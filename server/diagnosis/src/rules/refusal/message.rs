//! What the API server says when it refuses to create an object.
//!
//! Admission answers with text only, so it is read here, once, by its fixed parts, as
//! Kubernetes 1.27 to 1.36 write them. Around it stand what the controllers add
//! (`Error creating: `, `create Pod web-0 in StatefulSet web failed error: `) and the
//! name of the refused object; both are passed over.

/// Why an object was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason<'a> {
    /// A ResourceQuota is used up.
    QuotaExceeded(QuotaExceeded<'a>),
    /// A ResourceQuota counts a resource that the containers do not state.
    QuotaUnstated {
        /// The ResourceQuota.
        quota: &'a str,
        /// What must be stated, such as `limits.cpu for: app`.
        wanted: &'a str,
    },
    /// A LimitRange's bounds are broken.
    LimitRange(Vec<LimitBreach<'a>>),
    /// A container requests more than its limit: often a limit that a LimitRange set.
    RequestAboveLimit {
        /// The resource.
        resource: &'a str,
        /// The request.
        request: &'a str,
    },
    /// Pod Security admission: the namespace's level and what violates it.
    PodSecurity {
        /// The level, such as `restricted`.
        level: &'a str,
        /// The violations, one by one.
        violations: Vec<&'a str>,
    },
    /// An admission webhook could not be called.
    WebhookUnavailable {
        /// The webhook's name.
        webhook: &'a str,
        /// What went wrong, without the address that was called.
        failure: &'a str,
    },
    /// An admission webhook said no; with its words, when it gave any.
    WebhookDenied {
        /// The webhook's name.
        webhook: &'a str,
        /// What it said.
        said: Option<&'a str>,
    },
    /// A ValidatingAdmissionPolicy said no.
    PolicyDenied {
        /// The policy's name.
        policy: &'a str,
        /// What it said.
        said: &'a str,
    },
    /// The ServiceAccount does not exist.
    ServiceAccountMissing {
        /// Its name.
        name: &'a str,
    },
    /// The PriorityClass does not exist.
    PriorityClassMissing {
        /// Its name.
        name: &'a str,
    },
    /// The RuntimeClass does not exist.
    RuntimeClassMissing {
        /// Its name.
        name: &'a str,
    },
    /// Something else.
    Other,
}

/// What a ResourceQuota said. Each list is `resource=amount,…` as it stood there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QuotaExceeded<'a> {
    /// The ResourceQuota.
    pub(crate) quota: &'a str,
    /// What one more object would use of what is exceeded.
    pub(crate) requested: &'a str,
    /// What is used of it.
    pub(crate) used: &'a str,
    /// What is allowed of it.
    pub(crate) limited: &'a str,
}

impl<'a> QuotaExceeded<'a> {
    /// The exceeded resources with what is used and allowed of each.
    pub(crate) fn resources(&self) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
        let allowed = pairs(self.limited);
        pairs(self.used).filter_map(move |(resource, used)| {
            let (_, limit) = allowed.clone().find(|(name, _)| *name == resource)?;
            Some((resource, used, limit))
        })
    }
}

/// One bound of a LimitRange that an object breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LimitBreach<'a> {
    /// Which bound.
    pub(crate) bound: Bound,
    /// The resource.
    pub(crate) resource: &'a str,
    /// `Container`, `Pod` or `PersistentVolumeClaim`.
    pub(crate) of: &'a str,
    /// The bound's value.
    pub(crate) value: &'a str,
    /// `request` or `limit`, where one of them breaks it.
    pub(crate) field: &'a str,
    /// The value that breaks it; empty when none is stated and one must be.
    pub(crate) found: &'a str,
}

/// The kinds of bounds of a LimitRange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// `min`.
    Min,
    /// `max`.
    Max,
    /// `maxLimitRequestRatio`.
    Ratio,
}

impl Bound {
    /// The bound's field in a LimitRange.
    pub(crate) const fn field(self) -> &'static str {
        match self {
            Self::Min => "min",
            Self::Max => "max",
            Self::Ratio => "maxLimitRequestRatio",
        }
    }
}

impl<'a> Reason<'a> {
    /// Reads a message, by the first of the known forms that it has.
    pub(crate) fn read(message: &'a str) -> Self {
        READERS
            .iter()
            .find_map(|read| read(message))
            .unwrap_or(Self::Other)
    }
}

/// A form of message, by its fixed parts.
type Reader = for<'a> fn(&'a str) -> Option<Reason<'a>>;

const READERS: &[Reader] = &[
    webhook_unavailable,
    webhook_denied,
    policy_denied,
    pod_security,
    quota,
    service_account,
    priority_class,
    runtime_class,
    request_above_limit,
    limit_range,
];

/// `failed calling webhook "NAME": failed to call webhook: Post "URL": FAILURE`
fn webhook_unavailable(message: &str) -> Option<Reason<'_>> {
    let (_, rest) = message.split_once("failed calling ")?;
    let rest = rest.strip_prefix("admission ").unwrap_or(rest);
    let (webhook, failure) = rest.strip_prefix("webhook \"")?.split_once("\": ")?;
    let failure = failure
        .strip_prefix("failed to call webhook: ")
        .unwrap_or(failure);
    let failure = match failure.strip_prefix("Post ") {
        Some(called) => called.split_once(": ").map_or(called, |(_, why)| why),
        None => failure,
    };
    Some(Reason::WebhookUnavailable { webhook, failure })
}

/// `admission webhook "NAME" denied the request: SAID`, or `… without explanation`
fn webhook_denied(message: &str) -> Option<Reason<'_>> {
    let (_, rest) = message.split_once("admission webhook \"")?;
    let (webhook, rest) = rest.split_once("\" denied the request")?;
    Some(Reason::WebhookDenied {
        webhook,
        said: rest
            .strip_prefix(": ")
            .map(str::trim)
            .filter(|s| !s.is_empty()),
    })
}

/// `ValidatingAdmissionPolicy 'NAME' with binding 'BINDING' denied request: SAID`
fn policy_denied(message: &str) -> Option<Reason<'_>> {
    let (_, rest) = message.split_once("ValidatingAdmissionPolicy '")?;
    let (policy, rest) = rest.split_once('\'')?;
    let (_, said) = rest.split_once("denied request: ")?;
    Some(Reason::PolicyDenied { policy, said })
}

/// `violates PodSecurity "LEVEL:VERSION": VIOLATION (DETAIL), VIOLATION (DETAIL)`
fn pod_security(message: &str) -> Option<Reason<'_>> {
    let (_, rest) = message.split_once("violates PodSecurity \"")?;
    let (level, violations) = rest.split_once("\": ")?;
    Some(Reason::PodSecurity {
        level: level.split(':').next().unwrap_or(level),
        violations: outside_brackets(violations),
    })
}

/// `exceeded quota: NAME, requested: R=1, used: R=2, limited: R=2`, or
/// `failed quota: NAME: must specify WANTED`
fn quota(message: &str) -> Option<Reason<'_>> {
    if let Some((_, rest)) = message.split_once("failed quota: ") {
        let (quota, wanted) = rest.split_once(": must specify ")?;
        return Some(Reason::QuotaUnstated { quota, wanted });
    }
    let (_, rest) = message.split_once("xceeded quota: ")?;
    let (quota, rest) = rest.split_once(", requested: ")?;
    let (requested, rest) = rest.split_once(", used: ")?;
    let (used, limited) = rest.split_once(", limited: ")?;
    Some(Reason::QuotaExceeded(QuotaExceeded {
        quota,
        requested,
        used,
        limited: limited.trim(),
    }))
}

/// `error looking up service account NAMESPACE/NAME: serviceaccount "NAME" not found`, or
/// `service account NAMESPACE/NAME was not found, retry after …`
fn service_account(message: &str) -> Option<Reason<'_>> {
    let (_, rest) = message.split_once("service account ")?;
    let (account, rest) = rest.split_once([':', ' '])?;
    let (_, name) = account.split_once('/')?;
    rest.contains("not found")
        .then_some(Reason::ServiceAccountMissing { name })
}

/// `no PriorityClass with name NAME was found`
fn priority_class(message: &str) -> Option<Reason<'_>> {
    let (_, rest) = message.split_once("PriorityClass with name ")?;
    let (name, _) = rest.split_once(" was found")?;
    Some(Reason::PriorityClassMissing { name })
}

/// `pod rejected: RuntimeClass "NAME" not found`
fn runtime_class(message: &str) -> Option<Reason<'_>> {
    let (_, rest) = message.split_once("RuntimeClass \"")?;
    let (name, rest) = rest.split_once('"')?;
    rest.starts_with(" not found")
        .then_some(Reason::RuntimeClassMissing { name })
}

/// `….resources.requests: Invalid value: "REQUEST": must be less than or equal to R limit`
fn request_above_limit(message: &str) -> Option<Reason<'_>> {
    let (before, after) = message.split_once("\": must be less than or equal to ")?;
    let (_, request) = before.rsplit_once('"')?;
    let (resource, _) = after.split_once(" limit")?;
    Some(Reason::RequestAboveLimit { resource, request })
}

/// One or several of `maximum R usage per TYPE is V, but limit is F`,
/// `minimum R usage per TYPE is V.  No request is specified` and
/// `R max limit to request ratio per TYPE is V, but provided ratio is F`.
fn limit_range(message: &str) -> Option<Reason<'_>> {
    const USAGE: &str = " usage per ";
    const RATIO: &str = " max limit to request ratio per ";
    let usage = message.match_indices(USAGE).filter_map(|(at, _)| {
        let (before, after) = (message.get(..at)?, message.get(at + USAGE.len()..)?);
        let mut words = before.rsplit(' ');
        let resource = words.next()?;
        let bound = words.next()?;
        let bound = if bound.ends_with("inimum") {
            Bound::Min
        } else if bound.ends_with("aximum") {
            Bound::Max
        } else {
            return None;
        };
        breach(bound, resource, after)
    });
    let ratio = message.match_indices(RATIO).filter_map(|(at, _)| {
        let (before, after) = (message.get(..at)?, message.get(at + RATIO.len()..)?);
        let resource = before.rsplit([' ', '[']).next()?;
        breach(Bound::Ratio, resource, after)
    });
    let breaches: Vec<_> = usage.chain(ratio).collect();
    (!breaches.is_empty()).then_some(Reason::LimitRange(breaches))
}

/// The rest of a broken bound: `TYPE is V, but limit is F` or `TYPE is V.  No limit is specified`.
fn breach<'a>(bound: Bound, resource: &'a str, rest: &'a str) -> Option<LimitBreach<'a>> {
    let (of, rest) = rest.split_once(" is ")?;
    let end = rest.find([',', ' ', ']']).unwrap_or(rest.len());
    let (value, rest) = rest.split_at_checked(end)?;
    let (field, found) = if let Some(but) = rest.strip_prefix(", but ") {
        match but.split_once(" is ") {
            Some((field, found)) if !but.starts_with("no ") => {
                let found = found.split([',', ' ', ']']).next().unwrap_or(found);
                (field.rsplit(' ').next().unwrap_or(field), found)
            }
            _ => (but.split(' ').nth(1).unwrap_or_default(), ""),
        }
    } else {
        let words = rest.trim_start_matches(['.', ' ']);
        (words.split(' ').nth(1).unwrap_or_default(), "")
    };
    Some(LimitBreach {
        bound,
        resource,
        of,
        value: value.trim_end_matches('.'),
        field,
        found: found.trim_end_matches('.'),
    })
}

/// The parts of a list whose commas may also stand in brackets or quotation marks.
fn outside_brackets(list: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut from) = (0_i32, false, 0);
    let mut parts = Vec::new();
    for (at, c) in list.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' | '[' if !quoted => depth += 1,
            ')' | ']' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                parts.extend(list.get(from..at));
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(list.get(from..));
    parts
        .into_iter()
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .collect()
}

/// The pairs of `a=1,b=2`.
fn pairs(list: &str) -> impl Iterator<Item = (&str, &str)> + Clone {
    list.split(',')
        .filter_map(|pair| pair.trim().split_once('='))
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
