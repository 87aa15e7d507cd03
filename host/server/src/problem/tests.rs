use http_body_util::BodyExt;
use serde_json::Value;

use super::*;
use crate::exchange::RequestIds;

fn request_id() -> RequestId {
    RequestIds::new().unwrap().id_of(&Default::default())
}

async fn document(response: Response) -> Value {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&body).unwrap()
}

#[tokio::test]
async fn writes_what_the_caller_may_know() {
    let problem = Problem::internal("the disk /var/lib/tollgate is full");
    let id = request_id();
    let response = problem.to_response(&id);
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(response.headers()[CONTENT_TYPE], PROBLEM_TYPE);
    let document = document(response).await;
    assert_eq!(document["code"], "internal");
    assert_eq!(document["request-id"], id.as_str());
    assert!(!document.to_string().contains("/var/lib"), "{document}");
}

#[test]
fn says_when_to_try_again() {
    let wait = |time| {
        let problem = Problem::new(ProblemCode::RateLimited, "too many").with_retry_after(time);
        problem.to_response(&request_id()).headers()[RETRY_AFTER].to_str().unwrap().to_owned()
    };
    assert_eq!(wait(Duration::from_millis(20)), "1");
    assert_eq!(wait(Duration::from_millis(2500)), "3");
    assert_eq!(wait(Duration::ZERO), "1");
}

#[test]
fn asks_for_a_token_as_http_does() {
    let problem = Problem::new(ProblemCode::TokenExpired, "expired");
    assert_eq!(problem.to_response(&request_id()).headers()[WWW_AUTHENTICATE], "Bearer");
}

#[test]
fn codes_are_different_and_errors() {
    let mut codes: Vec<_> = ProblemCode::ALL.iter().map(|code| code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), ProblemCode::ALL.len());
    for code in ProblemCode::ALL {
        assert!(code.status().is_client_error() || code.status().is_server_error(), "{code:?}");
        assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
    }
}
