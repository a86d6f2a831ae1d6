//! Variables of container systems with names like those of settings: Kubernetes and Docker set some in every container
//! for a service, and operators set others for a Compose file in the `.env` that the portal reads as well.

/// Usual names in a Compose file, for the image and the host's side of the container.
const COMPOSE: [&str; 8] = [
    "PORTAL_VERSION",
    "PORTAL_IMAGE",
    "PORTAL_IMAGE_TAG",
    "PORTAL_TAG",
    "PORTAL_HTTP_PORT",
    "PORTAL_HOST_PORT",
    "PORTAL_UID",
    "PORTAL_GID",
];

/// Whether `name` is one of [`COMPOSE`], or one of the variables for a service called `portal`, or with a name that begins with `portal-`,
/// such as those for `portal-web`: `PORTAL_WEB_SERVICE_HOST` and `PORTAL_WEB_PORT_3000_TCP_ADDR`.
///
/// See <https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables> and
/// <https://docs.docker.com/engine/network/links/#environment-variables>.
pub fn is_service_variable(name: &str) -> bool {
    if COMPOSE.contains(&name) {
        return true;
    }
    let words: Vec<_> = name.split('_').collect();
    let Some(("PORTAL", rest)) = words.split_first().map(|(first, rest)| (*first, rest)) else { return false };
    (0..rest.len()).any(|service| is_suffix(&rest[service..]))
}

/// Whether the words are what follows the name of the service.
fn is_suffix(words: &[&str]) -> bool {
    let is_port = |port: &str| port.parse::<u16>().is_ok();
    let is_protocol = |protocol: &str| matches!(protocol, "TCP" | "UDP" | "SCTP");
    match *words {
        ["SERVICE", "HOST"] | ["SERVICE", "PORT", ..] | ["PORT"] => true,
        ["PORT", port, protocol] => is_port(port) && is_protocol(protocol),
        ["PORT", port, protocol, "PROTO" | "PORT" | "ADDR"] => is_port(port) && is_protocol(protocol),
        _ => false,
    }
}
