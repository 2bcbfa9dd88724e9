// Package amf reads and writes the Action Message Format of Flash, in which RTMP's commands are: AMF 0, and AMF 3 where a peer
// goes over to it. It is our own because gortmplib's (1.0.0) knows neither AMF 3 nor dates, long strings and typed objects,
// and goes as deep into nested values as they ask it to. It knows no command.
//
// A value is a float64, bool, string, nil, Undefined, Object, Array, List, Date or []byte. References to objects that came
// before are read as nil: a few bytes of them could stand for gigabytes, and no command needs them.
package amf

import (
	"time"

	"sluice/engine/fault"
)

// Bounds of what is read.
const (
	maxDepth = 32   // of values in values
	maxItems = 8192 // in one message
)

// Undefined is the value of what was never set.
type Undefined struct{}

// Pair is a member of an object.
type Pair struct {
	Key   string
	Value any
}

// Object has named members in their order.
type Object []Pair

// Array is what AMF 0 calls an ECMA array: members with names, too, in another coding.
type Array []Pair

// List is a strict array.
type List []any

// Date is a moment.
type Date time.Time

// Get finds a member; nil if there is none.
func (o Object) Get(key string) any {
	for _, p := range o {
		if p.Key == key {
			return p.Value
		}
	}
	return nil
}

// Text finds a member that is a string; "" if there is none.
func (o Object) Text(key string) string { s, _ := o.Get(key).(string); return s }

// Number finds a member that is a number; 0 if there is none.
func (o Object) Number(key string) float64 { n, _ := o.Get(key).(float64); return n }

// Members gives the members of an object or an array, nil of any other value.
func Members(v any) Object {
	switch v := v.(type) {
	case Object:
		return v
	case Array:
		return Object(v)
	}
	return nil
}

// bad is what is said of values that cannot be read.
func bad(format string, args ...any) error {
	return fault.New(fault.ProtocolViolation, "amf", format, args...)
}
