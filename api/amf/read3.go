package amf

import "math"

// Markers of AMF 3 (section 3.1).
const (
	mark3Undefined = 0x00
	mark3Null      = 0x01
	mark3False     = 0x02
	mark3True      = 0x03
	mark3Integer   = 0x04
	mark3Double    = 0x05
	mark3String    = 0x06
	mark3XMLDoc    = 0x07
	mark3Date      = 0x08
	mark3Array     = 0x09
	mark3Object    = 0x0a
	mark3XML       = 0x0b
	mark3ByteArray = 0x0c
)

// reader3 reads AMF 3. Strings and traits that came before may be referred to, within one value of AMF 0 (AMF 3, 4.1).
type reader3 struct {
	*reader
	texts  []string
	traits []trait
}

// trait says what the members of an object are.
type trait struct {
	dynamic bool
	names   []string
}

func (r *reader3) value(depth int) (any, error) {
	if err := r.enter(depth); err != nil {
		return nil, err
	}
	mark, err := r.byte()
	if err != nil {
		return nil, err
	}
	switch mark {
	case mark3Undefined:
		return Undefined{}, nil
	case mark3Null:
		return nil, nil
	case mark3False, mark3True:
		return mark == mark3True, nil
	case mark3Integer:
		n, err := r.u29()
		return float64(int32(n<<3) >> 3), err // 29 bits with a sign
	case mark3Double:
		return r.number()
	case mark3String:
		return r.name()
	case mark3XMLDoc, mark3XML, mark3ByteArray:
		return r.bytes(mark)
	case mark3Date:
		return r.date()
	case mark3Array:
		return r.array(depth)
	case mark3Object:
		return r.object(depth)
	}
	return nil, bad("there is no value of AMF 3 that begins with 0x%02x", mark)
}

// u29 reads a number of up to 29 bits.
func (r *reader3) u29() (uint32, error) {
	n := uint32(0)
	for i := range 4 {
		b, err := r.byte()
		if err != nil {
			return 0, err
		}
		if i == 3 {
			return n<<8 | uint32(b), nil
		}
		n = n<<7 | uint32(b&0x7f)
		if b&0x80 == 0 {
			break
		}
	}
	return n, nil
}

// head reads what stands before a value that can be a reference: its number, and whether it is the value itself.
func (r *reader3) head() (n int, here bool, err error) {
	u, err := r.u29()
	return int(u >> 1), u&1 != 0, err
}

func (r *reader3) name() (string, error) {
	n, here, err := r.head()
	if err != nil {
		return "", err
	}
	if !here {
		if n >= len(r.texts) {
			return "", bad("a string that was not there")
		}
		return r.texts[n], nil
	}
	b, err := r.take(n)
	if err != nil {
		return "", err
	}
	if n > 0 { // the empty string is never referred to
		r.texts = append(r.texts, string(b))
	}
	return string(b), nil
}

func (r *reader3) bytes(mark byte) (any, error) {
	n, here, err := r.head()
	if err != nil || !here {
		return nil, err
	}
	b, err := r.take(n)
	if err != nil {
		return nil, err
	}
	if mark == mark3ByteArray {
		return append([]byte(nil), b...), nil
	}
	return string(b), nil
}

func (r *reader3) date() (any, error) {
	_, here, err := r.head()
	if err != nil || !here {
		return nil, err
	}
	ms, err := r.number()
	return date(ms), err
}

// array reads named members, which end with an empty name, and then those that are counted. With names it is an Array, in which
// the counted ones are left out, as no command mixes them.
func (r *reader3) array(depth int) (any, error) {
	n, here, err := r.head()
	if err != nil || !here {
		return nil, err
	}
	named, err := r.members(depth)
	if err != nil {
		return nil, err
	}
	list := List{}
	for range n {
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	if len(named) > 0 {
		return Array(named), nil
	}
	return list, nil
}

// members reads pairs up to an empty name.
func (r *reader3) members(depth int) ([]Pair, error) {
	var out []Pair
	for {
		key, err := r.name()
		if err != nil || key == "" {
			return out, err
		}
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, Pair{key, v})
	}
}

func (r *reader3) object(depth int) (any, error) {
	n, here, err := r.head()
	if err != nil || !here {
		return nil, err
	}
	t, err := r.trait(uint32(n))
	if err != nil {
		return nil, err
	}
	var out Object
	for _, name := range t.names {
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, Pair{name, v})
	}
	if t.dynamic {
		more, err := r.members(depth)
		return append(out, more...), err
	}
	return out, nil
}

// trait reads what an object is, by the rest of its head.
func (r *reader3) trait(head uint32) (trait, error) {
	const own, external, dynamic = 1, 2, 4
	if head&own == 0 {
		if int(head>>1) >= len(r.traits) {
			return trait{}, bad("traits that were not there")
		}
		return r.traits[head>>1], nil
	}
	if head&external != 0 {
		return trait{}, bad("an object in a coding of its own")
	}
	if _, err := r.name(); err != nil { // the name of its class
		return trait{}, err
	}
	t := trait{dynamic: head&dynamic != 0}
	count := min(head>>3, math.MaxInt32)
	for range count {
		if err := r.enter(0); err != nil {
			return trait{}, err
		}
		name, err := r.name()
		if err != nil {
			return trait{}, err
		}
		t.names = append(t.names, name)
	}
	r.traits = append(r.traits, t)
	return t, nil
}
