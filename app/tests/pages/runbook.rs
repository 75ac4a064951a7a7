use podside_model::Lang;

use crate::fixture::Answers;
use crate::render::render;

const ON_CART: &str = "/runbooks/service?kind=Service&in=shop&name=cart";

#[tokio::test]
async fn a_runbook_reads_as_documentation() {
    let page = render("runbook", ON_CART, Lang::En, Answers::default()).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.html.matches("<h1").count(), 1);
    page.says("2 questions, 1 conclusion")
        .says("built in, version 3")
        .says("A name that no Service has cannot answer.")
        .says("the diagnosis: service-missing")
        .says("no: service-missing. Create it, or mend the name.")
        .says("yes or can’t tell: step 2")
        .says("a rule over the fields of the Pod")
        .has("<details class=\"exact\"><summary>a rule over the fields of the Pod</summary><code>service.endpoints.ready == 0")
        .says("Kubernetes documentation: Debug Services")
        .has("href=\"#step-2\"")
        .has("id=\"step-2\"");
}

#[tokio::test]
async fn it_starts_on_the_object_that_the_address_names() {
    let page = render("runbook-start", ON_CART, Lang::En, Answers::default()).await;
    page.has("action=\"/investigations\"")
        .has("value=\"Service/shop/cart\"")
        .has("name=\"runbook\" value=\"service\"");
    let without = render(
        "runbook-read",
        "/runbooks/service",
        Lang::Ja,
        Answers::default(),
    )
    .await;
    without
        .lacks("action=\"/investigations\"")
        .says("開始するには");
}
