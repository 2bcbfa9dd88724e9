package spec

import "reflect"

// Same tells whether two graphs say the same: places, the choice between short and long forms, blanks between the parts of
// caps, and what was left out because of errors do not count.
func Same(a, b *Graph) bool {
	return reflect.DeepEqual(bare(reflect.ValueOf(*a)), bare(reflect.ValueOf(*b)))
}

// bare copies a part of the tree without what Same leaves out.
func bare(v reflect.Value) any {
	switch x := v.Interface().(type) {
	case Pos:
		return nil
	case Text:
		return x.Text
	case Ignore:
		return [2]string{x.Code, x.Reason}
	case Value:
		if x.Kind == Null {
			return nil
		}
	case Link:
		x.Text, x.Long = "", false
		v = reflect.ValueOf(x)
	case Hop:
		x.Caps.Text = tight(x.Caps.Text)
		v = reflect.ValueOf(x)
	case Param:
		if kind, ok := x.Body.Get("type"); ok && len(x.Body.Entries) == 1 {
			x.Body = kind
		}
		v = reflect.ValueOf(x)
	}
	return parts(v)
}

// parts copies what a value is made of.
func parts(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return bare(v.Elem())
		}
		return nil
	case reflect.Struct:
		fields := make([]any, v.NumField())
		for i := range fields {
			fields[i] = bare(v.Field(i))
		}
		return fields
	case reflect.Slice:
		items := make([]any, v.Len())
		for i := range items {
			items[i] = bare(v.Index(i))
		}
		return items
	}
	return v.Interface()
}
