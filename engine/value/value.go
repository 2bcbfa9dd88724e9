// Package value holds the types that parameters, element fields and configuration share: how a value of each is
// written, checked and printed. It knows nothing of YAML, graphs or GStreamer.
package value

// Type names a type of the graph language.
type Type string

// The types a user can name, and two (Caps, Structure) that only GStreamer properties have.
const (
	String    Type = "string"
	Int       Type = "int"      // int64
	Float     Type = "float"    // float64
	Bool      Type = "bool"     // bool: true or false, nothing else
	Duration  Type = "duration" // time.Duration: 250ms, 2s, 1h30m
	Bitrate   Type = "bitrate"  // Bits: 64k, 2.5M; bits a second, powers of 1000
	Bytes     Type = "bytes"    // Octets: 10k, 8M, 1G; powers of 1000
	Size      Type = "size"     // Dimensions: 1280x720
	Fraction  Type = "fraction" // Ratio: 30000/1001
	Enum      Type = "enum"     // string, one of Of
	List      Type = "list"     // []any, each of Item
	Map       Type = "map"      // map[string]any
	URI       Type = "uri"      // string with a scheme
	File      Type = "file"     // string, a path
	Secret    Type = "secret"   // Hidden: never printed
	Codec     Type = "codec"    // string: opus, h264, …
	Caps      Type = "caps"     // string: GStreamer caps
	Structure Type = "structure"
)

// Bits is a bit rate in bits a second.
type Bits int64

// Octets is an amount of data in bytes.
type Octets int64

// Dimensions is a picture size in pixels.
type Dimensions struct{ Width, Height int }

// Ratio is a fraction with a positive denominator.
type Ratio struct{ Num, Den int64 }

// Hidden is a secret. It prints and marshals as "***"; only Reveal gives the text.
type Hidden string

// Unit says what a plain number counts, so that a duration or bit rate can be given where GStreamer wants a number.
type Unit string

// The units GStreamer's properties use. UnitNone means a bare number.
const (
	UnitNone        Unit = ""
	UnitNanosecond  Unit = "ns"
	UnitMicrosecond Unit = "us"
	UnitMillisecond Unit = "ms"
	UnitSecond      Unit = "s"
	UnitBit         Unit = "bit/s"
	UnitKilobit     Unit = "kbit/s"
	UnitByte        Unit = "B"
)

// Constraint is a type with its limits. The zero limits do not limit.
type Constraint struct {
	Type    Type        `json:"type"`
	Min     any         `json:"min,omitempty"` // of the same Go type as the value
	Max     any         `json:"max,omitempty"`
	Of      []string    `json:"of,omitempty"`      // an Enum's words; for List and String the only texts allowed, if any
	Pattern string      `json:"pattern,omitempty"` // RE2, matched against the whole text
	Item    *Constraint `json:"item,omitempty"`    // of a List
	Unit    Unit        `json:"unit,omitempty"`    // of an Int or Float
}
