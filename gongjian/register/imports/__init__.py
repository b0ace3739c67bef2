"""Officers' files: tables of units and bodies as they really are, brought into the register.

`sheets` opens a file and finds the table in it (`workbooks` and `old_excel` look for what its reader would lose or
choke on), `columns` guesses what each column holds, `cells` reads one cell. These know no models. Begin with
`sheets.open_table`.
"""
