package v1

import (
	"reflect"
	"slices"
	"strings"

	"sluice/api/rest/problem"
	"sluice/api/rest/wire"
)

// Paging is how lists are asked for.
type Paging struct {
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"How many at most."`
	After string `query:"after" maxLength:"512" doc:"The next of the page before: what comes after it."`
}

// pageOf cuts a page out of a list that is ordered by name, without a gap or a repetition for who pages while others come and go.
func pageOf[T any](all []T, by Paging, name func(T) string) wire.Page[T] {
	first := 0
	if by.After != "" {
		i, found := slices.BinarySearchFunc(all, by.After, func(item T, after string) int { return strings.Compare(name(item), after) })
		if first = i; found {
			first++
		}
	}
	last := min(first+by.Limit, len(all))
	p := wire.Page[T]{Items: slices.Clone(all[first:last]), Total: len(all)}
	if last < len(all) && last > first {
		p.Next = name(all[last-1])
	}
	if p.Items == nil {
		p.Items = []T{}
	}
	return p
}

// Body is an answer without headers of its own.
type Body[T any] struct{ Body T }

func problemType() reflect.Type { return reflect.TypeFor[problem.Problem]() }
