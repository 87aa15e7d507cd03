;; Allocates objects that a garbage collector of the host would have to keep.
(component
  ;; include types
  (core module $collected
    (type $point (struct (field i32)))
    (func (export "new") (drop (struct.new_default $point))))
  (core instance (instantiate $collected))
  ;; include plain
  ;; include lift
)
