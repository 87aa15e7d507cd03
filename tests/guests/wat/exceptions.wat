;; Throws an exception.
(component
  ;; include types
  (core module $throwing
    (tag $tag)
    (func (export "throw") (throw $tag)))
  (core instance (instantiate $throwing))
  ;; include plain
  ;; include lift
)
