package spec

// The codes of the diagnostics that Parse and Format give. They are stable: people write them into lint:ignore comments
// and programs match on them.
const (
	CodeFileTooLarge  = "file_too_large"    // more than 1 MiB
	CodeNotText       = "not_text"          // not UTF-8, or control characters
	CodeSyntax        = "yaml_syntax"       // not YAML
	CodeTooDeep       = "too_deep"          // nested deeper than any graph needs
	CodeTooManyValues = "too_many_values"   // more values than any graph needs
	CodeTooManyErrors = "too_many_errors"   // the rest of the errors is only counted
	CodeAnchor        = "anchor_refused"    // anchors, aliases and merge keys
	CodeTag           = "tag_refused"       // !tags
	CodeDuplicateKey  = "duplicate_key"     // the same key twice in one map
	CodeUnknownKey    = "unknown_key"       // a key the language does not have
	CodeMissingKey    = "missing_key"       // a key that must be there
	CodeWrongKind     = "wrong_kind"        // a list where a map is needed, and so on
	CodeYAMLBoolean   = "yaml_boolean"      // bare on, off, yes, no, true or false where text is needed
	CodeBadVersion    = "bad_version"       // graph: is not first, or not v1
	CodeBadName       = "bad_name"          // a name that is not spelt as names are, or is used twice
	CodeBadChoice     = "bad_choice"        // a word that is not one of those allowed
	CodeBadNode       = "bad_node"          // a node's text or keys do not fit together
	CodeBadRoute      = "bad_route"         // a route's text cannot be read
	CodeBadChain      = "bad_chain"         // a link's or export's text cannot be read
	CodeBadIgnore     = "bad_ignore"        // lint:ignore without a code or a reason
	CodeUnsafeFormat  = "format_would_lose" // formatting would change what the file says: a defect in sluice
)
