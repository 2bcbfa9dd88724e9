package hooks

import (
	"encoding/json"
	"maps"

	"sluice/engine/fault"
)

// Object is the body of a call or an answer: an object of JSON, each of whose members is as it was written.
type Object = map[string]json.RawMessage

// ToObject makes an object of a value that encoding/json writes as one, with more members.
func ToObject(v any, more map[string]any) (Object, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fault.New(fault.Internal, "hooks", "this cannot be written as JSON").Because(err)
	}
	out := Object{}
	if err := json.Unmarshal(text, &out); err != nil || out == nil {
		return nil, fault.New(fault.Internal, "hooks", "this is no object of JSON").Because(err)
	}
	for name, member := range more {
		if out[name], err = json.Marshal(member); err != nil {
			return nil, fault.New(fault.Internal, "hooks", "this cannot be written as JSON").Because(err)
		}
	}
	return out, nil
}

// encode writes an object without some of its members.
func encode(body Object, without []string) ([]byte, error) {
	if len(without) > 0 {
		body = maps.Clone(body)
		for _, name := range without {
			delete(body, name)
		}
	}
	text, err := json.Marshal(body)
	if err != nil {
		return nil, fault.New(fault.Internal, "hooks", "this cannot be written as JSON").Because(err)
	}
	return text, nil
}

// overwrite changes the fields of a body that the answer has and that may be changed. A field of another type than it had is
// fault.ProtocolViolation, and changes nothing.
func overwrite(body, answer Object, fields []string) (Object, error) {
	out := maps.Clone(body)
	for _, name := range fields {
		said, ok := answer[name]
		if !ok {
			continue
		}
		was, had := body[name]
		if a, b := kindOf(was), kindOf(said); had && a != "null" && b != "null" && a != b {
			return nil, fault.New(fault.ProtocolViolation, "hooks", "the answer has %s for %.40q, which is %s", b, name, a)
		}
		out[name] = said
	}
	return out, nil
}

// kindOf is the type of a value of JSON that is known to be one.
func kindOf(raw json.RawMessage) string {
	if len(raw) == 0 {
		return "null"
	}
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a text"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}
