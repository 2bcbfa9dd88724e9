package value

import "time"

// counts gives the type of the quantities that can be given where a number of this unit is wanted, "" for a bare number.
func (u Unit) counts() Type {
	switch u {
	case UnitNanosecond, UnitMicrosecond, UnitMillisecond, UnitSecond:
		return Duration
	case UnitBit, UnitKilobit:
		return Bitrate
	case UnitByte:
		return Bytes
	default:
		return ""
	}
}

// size gives how many nanoseconds, bits or bytes one of the unit is.
func (u Unit) size() int64 {
	switch u {
	case UnitMicrosecond, UnitKilobit:
		return 1e3
	case UnitMillisecond:
		return 1e6
	case UnitSecond:
		return 1e9
	default:
		return 1
	}
}

// count turns a Duration, Bits or Octets into the plain number that an Int or Float with a unit holds. An Int is
// rounded to the nearest, but never to 0, which to many GStreamer properties means "no limit".
func (c Constraint) count(q any, shown exhibit) (any, error) {
	var n int64
	var is Type
	switch q := q.(type) {
	case time.Duration:
		n, is = int64(q), Duration
	case Bits:
		n, is = int64(q), Bitrate
	case Octets:
		n, is = int64(q), Bytes
	}
	if is == "" || c.Unit.counts() != is {
		return nil, c.wanted(shown, nounOf(q))
	}
	size := c.Unit.size()
	if c.Type == Float {
		return float64(n) / float64(size), nil
	}
	rounded := n / size
	switch rest := n % size; {
	case rest >= size-rest:
		rounded++
	case -rest >= size+rest:
		rounded--
	}
	if rounded == 0 && n != 0 {
		return nil, refuse("%s is too little: this number counts whole %s", shown, c.Unit).Advise("write at least %s", c.Unit.one())
	}
	return rounded, nil
}

// one is the smallest quantity that a whole number of the unit can count.
func (u Unit) one() string {
	if u == UnitKilobit {
		return "1k"
	}
	return "1" + string(u)
}
