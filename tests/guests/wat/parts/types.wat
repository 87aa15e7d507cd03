;; The words of contract.wit, imported as every component made from WIT does it.
(import "tollgate:contract/types@0.1.0" (instance $types
  (type $action' (record (field "tool" string) (field "arguments" string)))
  (export "action" (type $action (eq $action')))
  (type $content' (variant (case "text" string) (case "json" string) (case "action" $action)))
  (export "content" (type $content (eq $content')))
  (type $prompt' (record (field "name" string) (field "version" string) (field "digest" string)))
  (export "prompt" (type $prompt (eq $prompt')))
  (type $subject' (record
    (field "content" $content) (field "prompt" (option $prompt)) (field "context" string)))
  (export "subject" (type $subject (eq $subject')))

  (type $outcome' (enum "pass" "fail" "unsure"))
  (export "outcome" (type $outcome (eq $outcome')))
  (type $severity' (enum "info" "warning" "error" "critical"))
  (export "severity" (type $severity (eq $severity')))
  (type $span' (record (field "start" u32) (field "end" u32)))
  (export "span" (type $span (eq $span')))
  (type $place' (variant (case "whole") (case "span" $span) (case "pointer" string)))
  (export "place" (type $place (eq $place')))
  (type $finding' (record
    (field "rule" string) (field "severity" $severity) (field "message" string)
    (field "place" $place) (field "fix" (option string)) (field "confidence" (option f64))))
  (export "finding" (type $finding (eq $finding')))
  (type $measure' (record (field "name" string) (field "value" f64)))
  (export "measure" (type $measure (eq $measure')))
  (type $report' (record
    (field "outcome" $outcome) (field "findings" (list $finding))
    (field "measures" (list $measure))))
  (export "report" (type $report (eq $report')))

  (type $bad-config' (record (field "pointer" string) (field "reason" string)))
  (export "bad-config" (type $bad-config (eq $bad-config')))
  (type $refusal' (variant
    (case "bad-config" $bad-config) (case "not-applicable" string) (case "broken" string)))
  (export "refusal" (type $refusal (eq $refusal')))))
(alias export $types "subject" (type $subject))
(alias export $types "report" (type $report))
(alias export $types "refusal" (type $refusal))
