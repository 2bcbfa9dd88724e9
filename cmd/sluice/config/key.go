package config

import (
	"strings"
	"time"

	"sluice/engine/value"
)

// Key describes one key of the configuration, or of a record in it.
type Key struct {
	Name    string           // with its section: "web.listen"; of a record's key without: "token"
	Type    value.Constraint // of what it takes; of a key with Fields not used
	Default any              // as Type has it
	Dev     any              // what --dev has in place of Default; nil is the same
	Unset   string           // what it means that there is no default
	About   string
	Example string
	Live    bool  // a reload takes it; the others need a restart
	Fields  []Key // of a record, or of each record in a list
	Many    bool  // a list of records

	check func(text string) error // of a text, or of each in a list; nil accepts all
	store func(into, v any)       // puts what Type has accepted where it belongs
}

// Env is the environment variable that overrides the key.
func (k Key) Env() string { return envPrefix + strings.ToUpper(strings.ReplaceAll(k.Name, ".", "_")) }

// Secret tells whether the key holds something that must not be shown.
func (k Key) Secret() bool {
	for _, f := range k.Fields {
		if f.Secret() {
			return true
		}
	}
	return k.Type.Type == value.Secret || k.Type.Item != nil && k.Type.Item.Type == value.Secret
}

// live marks a key that a reload takes.
func (k Key) live() Key { k.Live = true; return k }

// dev gives the key another default under --dev.
func (k Key) dev(v any) Key { k.Dev = v; return k }

// unset says what it means that the key has no value.
func (k Key) unset(means string) Key { k.Unset = means; return k }

// like gives an example.
func (k Key) like(text string) Key { k.Example = text; return k }

// checked adds a check of each text.
func (k Key) checked(f func(text string) error) Key { k.check = f; return k }

// text is a key with a text.
func text[C any](name, def string, field func(*C) *string, about string) Key {
	return scalar(name, value.Constraint{Type: value.String}, def, field, about)
}

// file is a key with the name of a file or folder.
func file[C any](name string, field func(*C) *string, about string) Key {
	return scalar(name, value.Constraint{Type: value.File}, "", field, about)
}

// choice is a key with one of some words.
func choice[C any](name, def string, of []string, field func(*C) *string, about string) Key {
	return scalar(name, value.Constraint{Type: value.Enum, Of: of}, def, field, about)
}

// toggle is a key that is true or false.
func toggle[C any](name string, field func(*C) *bool, about string) Key {
	return scalar(name, value.Constraint{Type: value.Bool}, false, field, about)
}

// span is a key with a duration.
func span[C any](name string, def, least, most time.Duration, field func(*C) *time.Duration, about string) Key {
	return scalar(name, value.Constraint{Type: value.Duration, Min: least, Max: most}, def, field, about)
}

// number is a key with a number that need not be whole.
func number[C any](name string, def, least, most float64, field func(*C) *float64, about string) Key {
	return scalar(name, value.Constraint{Type: value.Float, Min: least, Max: most}, def, field, about)
}

// scalar is a key with one value, which its type has in the form in which it is stored.
func scalar[C, V any](name string, c value.Constraint, def V, field func(*C) *V, about string) Key {
	k := Key{Name: name, Type: c, Default: def, About: about}
	k.store = func(into, v any) {
		if x, ok := v.(V); ok {
			*field(into.(*C)) = x
		}
	}
	return k
}

// whole is a key with a whole number.
func whole[C any](name string, def, least, most int, field func(*C) *int, about string) Key {
	c := value.Constraint{Type: value.Int, Min: int64(least), Max: int64(most)}
	return Key{Name: name, Type: c, Default: int64(def), About: about, store: func(into, v any) {
		if n, ok := v.(int64); ok {
			*field(into.(*C)) = int(n)
		}
	}}
}

// amount is a key with an amount of bytes.
func amount[C any](name string, def, least, most value.Octets, field func(*C) *int64, about string) Key {
	c := value.Constraint{Type: value.Bytes, Min: least, Max: most}
	return Key{Name: name, Type: c, Default: def, About: about, store: func(into, v any) {
		if n, ok := v.(value.Octets); ok {
			*field(into.(*C)) = int64(n)
		}
	}}
}

// secret is a key that is shown to nobody.
func secret[C any](name string, field func(*C) *string, about string) Key {
	return Key{Name: name, Type: value.Constraint{Type: value.Secret}, About: about, store: func(into, v any) {
		if h, ok := v.(value.Hidden); ok {
			*field(into.(*C)) = h.Reveal()
		}
	}}
}

// texts is a key with a list of texts.
func texts[C any](name string, def []string, field func(*C) *[]string, about string) Key {
	list := make([]any, len(def))
	for i, d := range def {
		list[i] = d
	}
	c := value.Constraint{Type: value.List, Item: &value.Constraint{Type: value.String}}
	return Key{Name: name, Type: c, Default: list, About: about, store: func(into, v any) {
		list, _ := v.([]any)
		out := make([]string, 0, len(list))
		for _, item := range list {
			out = append(out, value.Text(item))
		}
		*field(into.(*C)) = out
	}}
}

// record is a key with keys of its own, which may be left out altogether.
func record[C, R any](name string, field func(*C) **R, about string, fields ...Key) Key {
	return Key{Name: name, About: about, Fields: fields, store: func(into, v any) {
		if m, ok := v.(map[string]any); ok {
			*field(into.(*C)) = build[R](fields, m)
		}
	}}
}

// records is a key with a list of records.
func records[C, R any](name string, field func(*C) *[]R, about string, fields ...Key) Key {
	return Key{Name: name, About: about, Fields: fields, Many: true, Default: []any{}, store: func(into, v any) {
		list, _ := v.([]any)
		out := make([]R, 0, len(list))
		for _, item := range list {
			m, _ := item.(map[string]any)
			out = append(out, *build[R](fields, m))
		}
		*field(into.(*C)) = out
	}}
}

// build makes a record of its values.
func build[R any](fields []Key, m map[string]any) *R {
	r := new(R)
	for _, f := range fields {
		v, ok := m[f.Name]
		if !ok {
			v = f.Default
		}
		f.store(r, v)
	}
	return r
}
