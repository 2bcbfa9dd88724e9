package spec

// commentCases are files with comments in every place, and where they end up.
func commentCases() []formatCase {
	return []formatCase{
		{"everywhere", `# Licence

# about the file
graph: v1   #version
# about about
about: x
# the nodes

# in two parts
nodes: # all of them
    # first
    a: b # beside a

    # second
    c:   # beside c
        element: d # what
        # how
        set: {e: f} # so
        # below c
    # below nodes
# about links
links:
- a -> b   # one
# two
- b -> c
  # below it
# the end

# really
`, `# Licence

# about the file
graph: v1  #version
# about about
about: x

# the nodes

# in two parts
nodes:  # all of them
  # first
  a: b  # beside a

  # second
  c:  # beside c
    element: d  # what
    # how
    set: {e: f}  # so
    # below c
  # below nodes

# about links
links:
  - a -> b  # one
  # two
  - b -> c
    # below it

# the end

# really
`},
		{"move with their key", "# links\nlinks: [] # l\n  # deep\n# graph\ngraph: v1\n",
			"# graph\ngraph: v1\n\n# links\nlinks: []  # l\n  # deep\n"},
		{"all commented out", head + "\nnodes:\n  # a: b\n\n  # c: d\n\nlinks:\n  # - a -> b\n", ""},
		{"in brackets", head + `
nodes:
  a: {element: b, # what
    # how
    set: {c: d}
    # end
  } # after
  e: { # begin
    element: f}
  g: {element: h} # short
  i: {element: j, set: { # nothing
    }}
`, head + `
nodes:
  a:  # after
    element: b  # what
    # how
    set: {c: d}
    # end
  e:
    # begin
    element: f
  g: h  # short
  i:
    element: j
    set: {}
      # nothing
`},
		{"over several lines", head + "labels:\n  a: b   # one\n         # two\n  c: 5\n      # three\n",
			head + "\nlabels:\n  a: b  # one\n    # two\n  c: 5\n    # three\n"},
		{"in a list", head + `
tests:
  - # before
    name: a # beside
    # above
    limit: 5s
  # next

  - name: b
    # below
  # end
`, head + `
tests:
  # before
  - name: a  # beside
    # above
    limit: 5s
  # next

  - name: b
    # below
  # end
`},
		{"between key and value", head + "about:\n  # why\n  x\nlabels:\n  a:\n    # list\n    b\n",
			head + "# why\nabout: x\n\nlabels:\n  # list\n  a: b\n"},
		{"not comments", head + "labels:\n  a: \"# no\"\n  b: '# no ''# no'\n  c: x#no\n  d: |\n    # no\n   # yes\n  e: x\n" +
			"params:\n  p: {type: g#no, about: \"\\\"#no\"}#yes\n",
			head + "\nlabels:\n  a: \"# no\"\n  b: \"# no '# no\"\n  c: x#no\n  d: |\n    # no\n  # yes\n  e: x\n\n" +
				"params:\n  p: {type: g#no, about: '\"#no'}  #yes\n"},
		{"behind text", head + "labels:\n  a: | # head\n    x\n    y\n  b: \"two\n    lines\" # after\n  c: two\n    lines # after\n",
			head + "\nlabels:\n  a: |  # head\n    x\n    y\n  b: two lines  # after\n  c: two lines  # after\n"},
		{"documents", "# a\n---\n# b\ngraph: v1\nname: x\n# c\n--- # d\n# e\ngraph: v1\nname: y\n# f\n",
			"# a\n# b\ngraph: v1\nname: x\n\n# c\n---\n# d\n# e\ngraph: v1\nname: y\n\n# f\n"},
		{"silencing", head + "\nlinks:\n  # lint:ignore some_code because\n  - a -> b\n", ""},
	}
}
