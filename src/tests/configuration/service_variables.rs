//! Variables that container systems set.

use super::{assert_refused, load};

#[test]
fn variables_of_container_systems_are_ignored_and_typos_are_not() {
    for name in [
        "PORTAL_SERVICE_HOST",
        "PORTAL_SERVICE_PORT",
        "PORTAL_SERVICE_PORT_HTTP",
        "PORTAL_SERVICE_PORT_HTTP_ADMIN",
        "PORTAL_PORT",
        "PORTAL_PORT_3000_TCP",
        "PORTAL_PORT_3000_TCP_PROTO",
        "PORTAL_PORT_3000_TCP_PORT",
        "PORTAL_PORT_3000_TCP_ADDR",
        "PORTAL_PORT_53_UDP",
        "PORTAL_WEB_SERVICE_HOST",
        "PORTAL_WEB_SERVICE_PORT",
        "PORTAL_WEB_PORT",
        "PORTAL_WEB_PORT_3000_TCP_ADDR",
        "PORTAL_WEB_EU_2_SERVICE_PORT_METRICS",
        // Of a Compose file, which reads the same `.env`.
        "PORTAL_VERSION",
        "PORTAL_IMAGE",
        "PORTAL_IMAGE_TAG",
        "PORTAL_TAG",
        "PORTAL_HTTP_PORT",
        "PORTAL_UID",
    ] {
        let loaded = load(&[(name, "tcp://10.0.0.11:3000")]);
        assert!(loaded.is_ok(), "{name}: {loaded:?}");
    }
    for name in [
        "PORTAL_SERVICE",
        "PORTAL_HOST",
        "PORTAL_PORT_3000",
        "PORTAL_PORT_TCP",
        "PORTAL_PORT_HTTP_TCP_ADDR",
        "PORTAL_PORT_3000_TCP_NAME",
        "PORTAL_PORTS",
        "PORTAL_SERVICE_HOSTS",
        "PORTAL_OTP_LIFETIM",
        "PORTAL_VERSIONS",
        "PORTAL_IMAGES",
        "PORTAL_",
    ] {
        assert_refused(load(&[(name, "3000")]), name, name);
    }
}
