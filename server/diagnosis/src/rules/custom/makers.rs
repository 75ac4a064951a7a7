//! From which custom resource a Secret that does not exist is to be made.

use podside_model::ObjectRef;

use crate::facts::{EnvValue, KindRef, MAKERS_OF_SECRETS, Meta, Other, PodSpec, Str, VolumeSource};
use crate::findings::Findings;
use crate::snapshot::Snapshot;
use crate::unwell::Waits;
use crate::unwell::others::{fault, waits};

/// The custom resource from which a Secret is to be made, as far as such resources were read.
pub(super) fn of_secret<'a>(
    namespace: &str,
    secret: &str,
    snapshot: &'a Snapshot,
) -> Option<&'a Other> {
    let mut here = snapshot.others.in_namespace(namespace);
    here.find(|other| other.secrets.iter().any(|made| **made == *secret))
}

/// Whether a custom resource is to make a Secret that does not exist, and says that it cannot:
/// then that is what is wrong, and creating the Secret by hand would hide it. Where no such
/// resource is known, those that may make Secrets there are wanted.
pub(in crate::rules) fn answers_for_secret(
    namespace: &str,
    secret: &str,
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> bool {
    let Some(maker) = of_secret(namespace, secret, snapshot) else {
        for (group, kind) in MAKERS_OF_SECRETS {
            let kind = KindRef {
                name: Str::from(*kind),
                group: Str::from(*group),
            };
            findings.want_all(&kind, namespace);
        }
        return false;
    };
    is_failing(maker, snapshot)
}

/// The objects for which something was made, from its owner upwards: custom resources, and
/// what owns the last of them.
pub(in crate::rules) fn made_for(meta: &Meta, snapshot: &Snapshot) -> Vec<ObjectRef> {
    const LONGEST: usize = 6;
    let mut objects = Vec::new();
    let mut at = meta;
    for _ in 0..LONGEST {
        let Some(above) = at.controller() else { break };
        let object = above.kind.object(&at.namespace, &above.name);
        let next = snapshot.other(&object);
        objects.push(object);
        let Some(next) = next else { break };
        at = &next.meta;
    }
    objects
}

/// Whether an object says that it is not well, and is no longer waited for.
pub(super) fn is_failing(other: &Other, snapshot: &Snapshot) -> bool {
    fault(other, snapshot).is_some_and(|fault| waits(fault, snapshot) == Waits::No)
}

/// Whether a Pod takes anything from a Secret of that name.
pub(super) fn takes_from(spec: &PodSpec, secret: &str) -> bool {
    let of_volumes = spec.volumes.iter().any(|volume| match &volume.source {
        VolumeSource::Secret(files) => *files.name == *secret,
        VolumeSource::Projected(sources) => {
            let mut sources = sources.iter();
            sources.any(|source| source.secret && *source.files.name == *secret)
        }
        _ => false,
    });
    let of_containers = spec.containers.iter().any(|container| {
        let mut all = container.env_from.iter();
        let mut single = container.env.iter();
        all.any(|from| from.secret && *from.name == *secret)
            || single
                .any(|it| matches!(&it.value, EnvValue::SecretKey(key) if *key.name == *secret))
    });
    of_volumes || of_containers || spec.image_pull_secrets.iter().any(|it| **it == *secret)
}
