use crate::text::{Text, text};

/// Where to change an object, who would undo a change by hand, and how fast. The times are
/// the defaults: Argo CD heals after 5 s and looks at its source every 3 min
/// (<https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/>), Flux as its interval
/// says (<https://fluxcd.io/flux/components/kustomize/kustomizations/#interval>), the add-on
/// manager every minute.
pub(crate) const TEXTS: &[Text] = &[
    text(
        "author.owner",
        "Make the change in {owner_kind} {owner}, from which {kind} {name} is made: its controller undoes a change by hand within seconds.",
        "{kind} {name} は {owner_kind} {owner} から作られています。手で変更してもコントローラーが数秒で元に戻すため、{owner_kind} {owner} を変更します。",
    ),
    text(
        "author.acme",
        "Make the change in the HTTP-01 solver of {owner_kind} {owner} (spec.acme.solvers): cert-manager made {kind} {name} from it for a challenge, undoes a change by hand, and makes the next one the same way.",
        "{owner_kind} {owner} の HTTP-01 ソルバー（spec.acme.solvers）を変更します。{kind} {name} は cert-manager がチャレンジのために作ったもので、手で変更しても元に戻され、次も同じように作られます。",
    ),
    text(
        "author.acme-unnamed",
        "Make the change in the HTTP-01 solver of the Issuer or ClusterIssuer (spec.acme.solvers): cert-manager made {kind} {name} from it for a challenge, undoes a change by hand, and makes the next one the same way.",
        "Issuer または ClusterIssuer の HTTP-01 ソルバー（spec.acme.solvers）を変更します。{kind} {name} は cert-manager がチャレンジのために作ったもので、手で変更しても元に戻され、次も同じように作られます。",
    ),
    text(
        "author.claim",
        "If {kind} {name} itself is to change: {owner_kind} {owner} made it from its volumeClaimTemplates and makes it the same way again. They cannot be changed, so delete the {owner_kind} with --cascade=orphan and create it again with other ones.",
        "{kind} {name} 自体を変える場合: {owner_kind} {owner} が volumeClaimTemplates から作ったもので、次も同じように作られます。volumeClaimTemplates は変更できないため、{owner_kind} を --cascade=orphan で削除し、修正して作り直します。",
    ),
    text(
        "author.static",
        "Make the change in the manifest of the static Pod on node {node}, by default in /etc/kubernetes/manifests: {kind} {name} in the API only mirrors it.",
        "ノード {node} にある static Pod のマニフェスト（既定では /etc/kubernetes/manifests）を変更します。API の {kind} {name} はその写しです。",
    ),
    text(
        "author.operator",
        "Make the change in what {keeper} makes {kind} {name} from: it manages the object and undoes a change by hand, usually within seconds.",
        "{keeper} が {kind} {name} を管理しており、手で変更しても多くは数秒で元に戻すため、その元になる設定を変更します。",
    ),
    text(
        "author.addon",
        "Make the change in the manifest of {kind} {name} on the control plane: the add-on manager applies it every minute and undoes a change by hand.",
        "コントロールプレーンにある {kind} {name} のマニフェストを変更します。add-on manager が 1 分ごとに適用し、手での変更を元に戻します。",
    ),
    text(
        "author.argo-cd",
        "Make the change in the source of Argo CD application {application}, which keeps {kind} {name}: a change by hand is undone within seconds where the application heals itself, else with its next sync.",
        "{kind} {name} は Argo CD の application {application} が管理しているため、そのソースを変更します。手での変更は、self-heal が有効なら数秒で、無効なら次の同期で元に戻されます。",
    ),
    text(
        "author.flux",
        "Make the change in the source of Flux {owner_kind} {owner}, which keeps {kind} {name}: a change by hand is undone at its next interval, usually within 10 minutes.",
        "{kind} {name} は Flux の {owner_kind} {owner} が管理しているため、そのソースを変更します。手での変更は次の interval（多くは 10 分以内）に元に戻されます。",
    ),
    text(
        "author.flux-unnamed",
        "Make the change in the source from which Flux keeps {kind} {name}: a change by hand is undone at its next interval, usually within 10 minutes.",
        "{kind} {name} は Flux が管理しているため、そのソースを変更します。手での変更は次の interval（多くは 10 分以内）に元に戻されます。",
    ),
    text(
        "author.flux-helm",
        "Make the change in the values of Flux {owner_kind} {owner}, which keeps {kind} {name}: a change by hand is undone with its next upgrade, at its next interval where it corrects drift.",
        "{kind} {name} は Flux の {owner_kind} {owner} が管理しているため、その values を変更します。手での変更は次のアップグレードで、ドリフトの修正が有効なら次の interval で元に戻されます。",
    ),
    text(
        "author.flux-helm-unnamed",
        "Make the change in the values of the HelmRelease from which Flux keeps {kind} {name}: a change by hand is undone with its next upgrade, at its next interval where it corrects drift.",
        "{kind} {name} は Flux が HelmRelease から管理しているため、その values を変更します。手での変更は次のアップグレードで、ドリフトの修正が有効なら次の interval で元に戻されます。",
    ),
    text(
        "author.helm",
        "Make the change in the values or the chart of Helm release {release} in namespace {release_namespace}, which holds {kind} {name}: its next upgrade undoes a change by hand.",
        "{kind} {name} は Namespace {release_namespace} の Helm リリース {release} のものなので、その values かチャートを変更します。手での変更は次のアップグレードで元に戻されます。",
    ),
    text(
        "author.kustomize",
        "Make the change in the kustomization from which {kind} {name} is built: the next kubectl apply -k undoes a change by hand.",
        "{kind} {name} は kustomization から作られているため、そこを変更します。手での変更は次の kubectl apply -k で元に戻されます。",
    ),
    text(
        "author.pipeline",
        "Make the change in the configuration of {keeper}, which applies {kind} {name}: its next run undoes a change by hand.",
        "{kind} {name} は {keeper} が適用しているため、その設定を変更します。手での変更は次の実行で元に戻されます。",
    ),
];
