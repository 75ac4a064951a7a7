use super::*;

#[test]
fn errors_of_the_runtimes_are_told_apart() {
    // containerd 1.6 to 2.1, CRI-O 1.27 to 1.33 and cri-dockerd, as their sources word them.
    for (error, expected) in [
        (
            "rpc error: code = NotFound desc = failed to pull and unpack image \"r/a:1\": failed to resolve reference \"r/a:1\": r/a:1: not found",
            Refusal::NotFound,
        ),
        (
            "rpc error: code = Unknown desc = reading manifest 1 in docker.io/library/a: manifest unknown",
            Refusal::NotFound,
        ),
        (
            "failed to pull and unpack image \"r/a:1\": failed to copy: httpReadSeeker: failed open: unexpected status code https://r/v2/a/blobs: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.",
            Refusal::RateLimited,
        ),
        (
            "failed to do request: Head \"https://r/v2/a/manifests/1\": tls: failed to verify certificate: x509: certificate signed by unknown authority",
            Refusal::Tls,
        ),
        (
            "failed to do request: Head \"https://r/v2/a/manifests/1\": dial tcp: lookup r on 10.0.0.10:53: no such host",
            Refusal::Unreachable,
        ),
        (
            "failed to resolve reference \"r/a:1\": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
            Refusal::Unauthorized,
        ),
        (
            "failed to resolve reference \"r/a:1\": unexpected status from HEAD request to https://r/v2/a/manifests/1: 503 Service Unavailable",
            Refusal::Server,
        ),
        (
            "failed to pull and unpack image \"r/a:1\": no match for platform in manifest: not found",
            Refusal::NotForPlatform,
        ),
    ] {
        assert_eq!(classify(error, "r/a:1"), Some(expected), "{error}");
    }
    assert_eq!(
        classify("Back-off pulling image \"r/not found:1\"", "r/not found:1"),
        None
    );
}

#[test]
fn references_are_taken_apart() {
    assert_eq!(tag("registry:5000/a/b"), "");
    assert_eq!(tag("registry:5000/a/b:1.2"), "1.2");
    assert_eq!(registry("registry:5000/a/b:1"), "registry:5000");
    assert_eq!(registry("nginx:1"), "docker.io");
    assert_eq!(registry("library/nginx"), "docker.io");
}

#[test]
fn answers_of_registries_are_told_apart() {
    // As Docker Hub, ECR, Artifact Registry, GHCR, Quay, Harbor and ACR word them.
    for (image, error, expected) in [
        (
            "acme/web:1",
            "Error response from daemon: pull access denied for acme/web, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
            Refusal::Unauthorized,
        ),
        (
            "ngnix:1.27",
            "failed to pull and unpack image \"docker.io/library/ngnix:1.27\": failed to resolve reference \"docker.io/library/ngnix:1.27\": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
            Refusal::NotFound,
        ),
        (
            "nginx:1.27",
            "failed to authorize: failed to fetch oauth token: unexpected status from POST request to https://auth.docker.io/token: 401 Unauthorized: unauthorized: incorrect username or password",
            Refusal::Unauthorized,
        ),
        (
            "redis:7",
            "toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit",
            Refusal::RateLimited,
        ),
        (
            "1.dkr.ecr.eu-west-1.amazonaws.com/web:9",
            "name unknown: The repository with name 'web' does not exist in the registry with id '1'",
            Refusal::NotFound,
        ),
        (
            "1.dkr.ecr.eu-west-1.amazonaws.com/web:9",
            "denied: User: arn:aws:sts::1:assumed-role/node is not authorized to perform: ecr:BatchGetImage on resource: x because no identity-based policy allows the ecr:BatchGetImage action",
            Refusal::Unauthorized,
        ),
        (
            "europe-docker.pkg.dev/p/r/web:1",
            "failed to resolve reference: unexpected status from HEAD request to https://europe-docker.pkg.dev/v2/p/r/web/manifests/1: 403 Forbidden",
            Refusal::Unauthorized,
        ),
        (
            "europe-docker.pkg.dev/p/r/web:1",
            "denied: Permission \"artifactregistry.repositories.downloadArtifacts\" denied on resource \"projects/p\" (or it may not exist)",
            Refusal::Unauthorized,
        ),
        (
            "ghcr.io/acme/web:1",
            "failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token?scope=repository: 403 Forbidden",
            Refusal::Unauthorized,
        ),
        (
            "quay.io/acme/web:1",
            "reading manifest 1 in quay.io/acme/web: unauthorized: access to the requested resource is not authorized",
            Refusal::Unauthorized,
        ),
        (
            "quay.io/acme/web:1",
            "initializing source docker://quay.io/acme/web:1: pinging container registry quay.io: received unexpected HTTP status: 502 Bad Gateway",
            Refusal::Server,
        ),
        (
            "harbor.example/shop/web:1",
            "artifact shop/web:1 not found",
            Refusal::NotFound,
        ),
        (
            "harbor.example/shop/web:1",
            "unexpected status from HEAD request to https://harbor.example/v2/shop/web/manifests/1: 520 ",
            Refusal::Server,
        ),
        (
            "harbor.example/shop/web:1",
            "unexpected status code [manifests 1]: 599",
            Refusal::Server,
        ),
        (
            "harbor.example/shop/web:1",
            "failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://harbor.example/service/token: 503 Service Unavailable",
            Refusal::Server,
        ),
        (
            "harbor.example/shop/web:1",
            "failed to do request: Head \"https://harbor.example/v2/shop/web/manifests/1\": EOF",
            Refusal::Unreachable,
        ),
        (
            "harbor.example/shop/web:1",
            "failed to fetch anonymous token: Get \"https://harbor.example/service/token\": dial tcp 10.0.0.9:443: i/o timeout",
            Refusal::Unreachable,
        ),
        (
            "harbor.example/shop/web:1",
            "pinging container registry harbor.example: Get \"https://harbor.example/v2/\": net/http: TLS handshake timeout",
            Refusal::Unreachable,
        ),
        (
            "harbor.example/shop/web:1",
            "pinging container registry harbor.example: Get \"https://harbor.example/v2/\": http: server gave HTTP response to HTTPS client",
            Refusal::Tls,
        ),
        (
            "harbor.example/shop/web:1",
            "unexpected status from HEAD request to http://harbor.example/v2/shop/web/manifests/1: 400 Bad Request: Client sent an HTTP request to an HTTPS server.",
            Refusal::Tls,
        ),
    ] {
        assert_eq!(classify(error, image), Some(expected), "{error}");
    }
}

#[test]
fn a_similar_image_is_one_of_the_same_repository_or_one_spelt_alike() {
    let images = BTreeSet::from([
        "reg.example/shop/cart:8",
        "reg.example/shop/payments:1",
        "reg.example/other/crat:1",
        "redis:7",
    ]);
    assert_eq!(
        similar("reg.example/shop/cart:9", &images),
        Some("reg.example/shop/cart:8")
    );
    assert_eq!(
        similar("reg.example/shop/paymnets:1", &images),
        Some("reg.example/shop/payments:1")
    );
    assert_eq!(similar("reg.example/shop/search:1", &images), None);
    assert_eq!(repository("reg:5000/a@sha256:12"), "reg:5000/a");
    assert_eq!(repository("reg:5000/a"), "reg:5000/a");
}
