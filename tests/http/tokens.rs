//! No token, and tokens that are not to be believed.

use chrono::TimeDelta;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use mosovo_visits::api::auth::key::VerifyingKey;
use mosovo_visits::api::auth::token::Mint;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::casework::clock::Clock;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::support::http::{Running, auth_settings, persona, run, run_with, signing_key};
use crate::support::on_both_databases;

/// An Ed25519 key pair: the example of RFC 8410, section 10.3.
const ED25519_PRIVATE: [u8; 48] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20, 0xd4, 0xee, 0x72,
    0xdb, 0xf9, 0x13, 0x58, 0x4a, 0xd5, 0xb6, 0xd8, 0xf1, 0xf7, 0x69, 0xf8, 0xad, 0x3a, 0xfe, 0x7c, 0x28, 0xcb, 0xf1,
    0xd4, 0xfb, 0xe0, 0x97, 0xa8, 0x8f, 0x44, 0x75, 0x58, 0x42,
];
const ED25519_PUBLIC: &str = "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE";

fn claims() -> Value {
    let now = Clock::System.now().timestamp();
    json!({"iss": auth_settings().issuer, "aud": auth_settings().audience, "sub": "invented", "exp": now + 600,
        "role": "supervisor", "force": "wessex", "teams": ["north"]})
}

fn with(member: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[member] = value;
    claims
}

fn without(member: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(member);
    claims
}

fn signed(claims: &Value) -> String {
    signed_with(Algorithm::HS256, &EncodingKey::from_secret(signing_key().expose_secret().as_bytes()), claims)
}

fn signed_with(algorithm: Algorithm, key: &EncodingKey, claims: &Value) -> String {
    encode(&Header::new(algorithm), claims, key).unwrap()
}

fn is_refused(service: &Running, token: &str, what: &str) {
    let reply = service.get_with_token(token, "/v1/teams");
    assert_eq!((reply.status, reply.code().as_str()), (401, "unauthorized"), "{what}");
    assert!(reply.header("www-authenticate").is_some_and(|challenge| challenge.starts_with("Bearer")), "{what}");
    assert_eq!(reply.json()["detail"], "the token is missing, invalid or expired", "{what}");
}

#[test]
fn without_a_token_there_is_nothing() {
    on_both_databases(|store| {
        let service = run(store);
        for headers in [&[][..], &[("authorization", "Basic YTpi")][..], &[("authorization", "Bearer")][..]] {
            let reply = service.request("GET", "/v1/teams", headers, b"");
            assert_eq!((reply.status, reply.code().as_str()), (401, "unauthorized"));
        }
    });
}

#[test]
fn a_token_that_is_not_to_be_believed_is_refused_and_not_told_why() {
    on_both_databases(|store| {
        let service = run(store);
        assert_eq!(service.get_with_token(&signed(&claims()), "/v1/teams").status, 200);
        let now = Clock::System.now().timestamp();
        for (what, claims) in [
            ("expired", with("exp", json!(now - 60))),
            ("without an end", without("exp")),
            ("whose end is no time", with("exp", json!("tomorrow"))),
            ("not yet valid", with("nbf", json!(now + 300))),
            ("for another audience", with("aud", json!("another"))),
            ("for no audience", without("aud")),
            ("of another issuer", with("iss", json!("https://another.invalid"))),
            ("of no issuer", without("iss")),
            ("of nobody", without("sub")),
            ("whose teams are no list", with("teams", json!("north"))),
        ] {
            is_refused(&service, &signed(&claims), what);
        }
        is_refused(&service, "not a token", "no token at all");
        let another = EncodingKey::from_secret(b"another key that is also long enough to be one");
        is_refused(&service, &signed_with(Algorithm::HS256, &another, &claims()), "signed with another key");
        let ours = EncodingKey::from_secret(signing_key().expose_secret().as_bytes());
        is_refused(&service, &signed_with(Algorithm::HS512, &ours, &claims()), "signed with another algorithm");
        for critical in [vec!["exp".to_owned()], vec!["b64".to_owned()], vec![]] {
            let header = Header { crit: Some(critical), ..Header::new(Algorithm::HS256) };
            is_refused(&service, &encode(&header, &claims(), &ours).unwrap(), "with something critical");
        }
    });
}

#[test]
fn a_token_that_was_tampered_with_or_has_no_signature_is_refused() {
    on_both_databases(|store| {
        let service = run(store);
        let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
        let (weak, strong) = (parts(&signed(&claims())), parts(&signed(&with("role", json!("detective_inspector")))));
        is_refused(
            &service,
            &format!("{}.{}.{}", strong[0], strong[1], weak[2]),
            "claims of one, signature of another",
        );
        is_refused(&service, &format!("{}.{}.", strong[0], strong[1]), "no signature");
        // {"alg":"none","typ":"JWT"}
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
        is_refused(&service, &format!("{none}.{}.", strong[1]), "alg none");
        is_refused(&service, &format!("{none}.{}.{}", strong[1], strong[2]), "alg none with a signature");
    });
}

#[test]
fn a_public_key_fixes_its_algorithm_and_is_no_secret() {
    on_both_databases(|store| {
        let jwk: Jwk = serde_json::from_value(json!({"kty": "OKP", "crv": "Ed25519", "x": ED25519_PUBLIC})).unwrap();
        let service = run_with(store, vec![VerifyingKey::public(&jwk).unwrap()]);
        let private = EncodingKey::from_ed_der(&ED25519_PRIVATE);
        assert_eq!(
            service.get_with_token(&signed_with(Algorithm::EdDSA, &private, &claims()), "/v1/teams").status,
            200
        );
        let as_text = EncodingKey::from_secret(ED25519_PUBLIC.as_bytes());
        is_refused(&service, &signed_with(Algorithm::HS256, &as_text, &claims()), "the public key's text as a secret");
        let as_bytes = EncodingKey::from_urlsafe_base64_secret(&format!("{ED25519_PUBLIC}=")).unwrap();
        is_refused(
            &service,
            &signed_with(Algorithm::HS256, &as_bytes, &claims()),
            "the public key's bytes as a secret",
        );
        is_refused(&service, &signed(&claims()), "a development token where there is no development key");
    });
}

#[test]
fn a_claim_that_is_missing_grants_nothing() {
    on_both_databases(|store| {
        let service = run(store);
        for claims in
            [without("role"), without("force"), with("role", json!("chief_constable")), with("force", json!(" "))]
        {
            let reply = service.get_with_token(&signed(&claims), "/v1/offenders");
            assert_eq!((reply.status, reply.code().as_str()), (403, "forbidden"), "{claims}");
        }
        let reply = service.get_with_token(&signed(&without("teams")), "/v1/offenders");
        assert_eq!(reply.refs(), Vec::<String>::new());
    });
}

#[test]
fn the_mint_of_another_issuer_mints_nothing_for_this_service() {
    on_both_databases(|store| {
        let service = run(store);
        let mut settings = auth_settings();
        settings.issuer.push('x');
        let now = Clock::System.now();
        let grants = persona(Role::Supervisor, &["north"]);
        let mint = Mint::new(&SecretString::from(signing_key().expose_secret()), &settings);
        is_refused(&service, &mint.token(&grants, now, now + TimeDelta::hours(1)).unwrap(), "another issuer");
    });
}
