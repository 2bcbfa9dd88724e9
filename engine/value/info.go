package value

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Info describes a type to people.
type Info struct {
	Type    Type   `json:"type"`
	About   string `json:"about"`
	Example string `json:"example"`
}

// Types lists the types a user can name, in a fixed order. Caps and Structure are not among them.
func Types() []Info {
	list := described()
	return list[:len(list)-2]
}

// described lists every type; the two that users cannot name come last.
func described() []Info {
	return []Info{
		{String, "Text.", "camera one"},
		{Int, "A whole number.", "5"},
		{Float, "A number.", "0.5"},
		{Bool, "Yes or no: true or false.", "true"},
		{Duration, "A length of time: numbers, each with ns, us, ms, s, m or h.", "2s"},
		{Bitrate, "Bits a second; k, M, G and T are powers of 1000.", "64k"},
		{Bytes, "An amount of data in bytes; k, M, G and T are powers of 1000.", "8M"},
		{Size, "A picture's width and height in pixels.", "1280x720"},
		{Fraction, "A fraction, such as a frame rate.", "30000/1001"},
		{Enum, "One of the words in of.", "grid"},
		{List, "Values of one kind, separated by commas.", "h264,vp8"},
		{Map, "Names with values.", `{"color":"red"}`},
		{URI, "An address with its scheme.", "rtsp://camera/main"},
		{File, "The path of a file.", "media/bars.flv"},
		{Secret, "Text that is never shown.", "s3cr3t"},
		{Codec, "The short name of a codec.", "opus"},
		{Caps, "GStreamer caps.", "video/x-raw,width=640"},
		{Structure, "A GStreamer structure.", "props,media.role=test"},
	}
}

// known tells whether there is such a type.
func (t Type) known() bool {
	return slices.ContainsFunc(described(), func(i Info) bool { return i.Type == t })
}

// noun is the type as it reads in a sentence.
func (t Type) noun() string {
	switch t {
	case Int, Enum:
		return "an " + string(t)
	case Bytes:
		return "an amount of bytes"
	case File:
		return "a path"
	case Caps:
		return "caps"
	default:
		return "a " + string(t)
	}
}

// textual tells whether values of the type are text that nothing is computed from, so that a secret may stand in.
func (t Type) textual() bool {
	switch t {
	case String, Enum, URI, File, Secret, Codec, Caps, Structure:
		return true
	default:
		return false
	}
}

// Ordered tells whether values of the type can have a least and a most.
func (t Type) Ordered() bool {
	switch t {
	case Int, Float, Duration, Bitrate, Bytes, Size, Fraction:
		return true
	default:
		return false
	}
}

// example is text that c accepts, as far as that can be known without trying.
func (c Constraint) example() string {
	switch {
	case len(c.Of) > 0:
		return c.Of[0]
	case c.Min != nil:
		return Text(c.Min)
	case c.Max != nil:
		return Text(c.Max)
	case c.Type == List && c.Item != nil:
		return c.Item.example()
	}
	for _, i := range described() {
		if i.Type == c.Type {
			return i.Example
		}
	}
	return ""
}

// natural gives the type a Go value has of itself, "" if no type of the language has such values.
func natural(v any) Type {
	switch v := v.(type) {
	case string:
		return String
	case bool:
		return Bool
	case int, int64:
		return Int
	case float64:
		return Float
	case json.Number:
		if _, err := parseInt(string(v)); err == nil {
			return Int
		}
		return Float
	case time.Duration:
		return Duration
	case Bits:
		return Bitrate
	case Octets:
		return Bytes
	case Dimensions:
		return Size
	case Ratio:
		return Fraction
	case Hidden:
		return Secret
	case []any, []string:
		return List
	case map[string]any:
		return Map
	}
	return ""
}

// nounOf says what a Go value is in the words of the graph language.
func nounOf(v any) string {
	switch t := natural(v); {
	case t == String:
		return "text"
	case t != "":
		return t.noun()
	}
	return fmt.Sprintf("a Go %T", v)
}
