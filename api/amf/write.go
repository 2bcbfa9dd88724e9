package amf

import (
	"encoding/binary"
	"math"
	"time"
)

// Append writes values in AMF 0. Numbers may be of any type of Go's; what is no value is written as null.
func Append(b []byte, values ...any) []byte {
	for _, v := range values {
		b = appendValue(b, v)
	}
	return b
}

func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case float64:
		return binary.BigEndian.AppendUint64(append(b, markNumber), math.Float64bits(v))
	case int:
		return appendValue(b, float64(v))
	case bool:
		if v {
			return append(b, markBoolean, 1)
		}
		return append(b, markBoolean, 0)
	case string:
		if len(v) > math.MaxUint16 {
			b = binary.BigEndian.AppendUint32(append(b, markLongString), uint32(len(v)))
			return append(b, v...)
		}
		return appendName(append(b, markString), v)
	case Undefined:
		return append(b, markUndefined)
	case Object:
		return appendPairs(append(b, markObject), v)
	case Array:
		b = binary.BigEndian.AppendUint32(append(b, markArray), uint32(len(v)))
		return appendPairs(b, v)
	case List:
		b = binary.BigEndian.AppendUint32(append(b, markList), uint32(len(v)))
		return Append(b, v...)
	case Date:
		ms := float64(time.Time(v).UnixMilli())
		return append(binary.BigEndian.AppendUint64(append(b, markDate), math.Float64bits(ms)), 0, 0)
	}
	return append(b, markNull)
}

// appendName writes a string without its marker. What is too long for it is cut.
func appendName(b []byte, s string) []byte {
	s = s[:min(len(s), math.MaxUint16)]
	return append(binary.BigEndian.AppendUint16(b, uint16(len(s))), s...)
}

func appendPairs(b []byte, pairs []Pair) []byte {
	for _, p := range pairs {
		b = appendValue(appendName(b, p.Key), p.Value)
	}
	return append(b, 0, 0, markEnd)
}
