;; Wants the host to hand it a core module.
(component
  ;; include types
  (import "code" (core module (export "run" (func))))
  ;; include plain
  ;; include lift
)
