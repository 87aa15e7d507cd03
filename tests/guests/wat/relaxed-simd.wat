;; Uses an instruction whose result may differ between machines, so a judgement could not be
;; replayed elsewhere.
(component
  ;; include types
  (core module $relaxed
    (func (export "add") (param v128 v128 v128) (result v128)
      (f64x2.relaxed_madd (local.get 0) (local.get 1) (local.get 2))))
  (core instance (instantiate $relaxed))
  ;; include plain
  ;; include lift
)
