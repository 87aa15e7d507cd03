;; Imports a core module from the host.
(component
  ;; include types
  (import "code" (core module (export "run" (func))))
  ;; include plain
  ;; include lift
)
