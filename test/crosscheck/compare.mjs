// Compares what the database says, in files made by run.sh, with two npm
// packages. Run with TZ=UTC: chinese-days mixes UTC and local time.
import { readFileSync } from 'node:fs'
import chineseDays from 'chinese-days'
import { LegalHoliday } from 'tyme4ts'

const DAY = 86400000
const isoDay = (time) => new Date(time).toISOString().slice(0, 10)
const move = (day, n) => isoDay(Date.parse(day) + n * DAY)
const rows = (file) => readFileSync(file, 'utf8').trim().split('\n').filter(Boolean)
const word = (worked) => (worked ? 'worked' : 'off')

const packages = {
  'chinese-days': (day) => chineseDays.isWorkday(day),
  tyme4ts(day) {
    const holiday = LegalHoliday.fromYmd(...day.split('-').map(Number))
    return holiday ? holiday.isWork() : new Date(day).getUTCDay() % 6 !== 0
  },
}

let passed = 0
let failed = 0

function check(ok, complaint) {
  if (ok) passed++
  else {
    failed++
    console.log(`  FAIL  ${complaint}`)
  }
}

// known.csv: differences that we can explain, by package and day
function readKnown() {
  const known = new Map()
  for (const row of rows('known.csv').slice(1)) {
    const [, name, day, ours, theirs, why] = row.match(/^([^,]*),([^,]*),([^,]*),([^,]*),"?(.*?)"?$/)
    known.set(`${name} ${day} ${ours} ${theirs}`, why)
  }
  return known
}

function compareDays(known) {
  for (const row of rows('days.csv')) {
    const [day, works] = row.split(',')
    for (const [name, theirs] of Object.entries(packages)) {
      const ours = works === 't'
      const difference = `${name} ${day} ${word(ours)} ${word(theirs(day))}`
      const why = known.get(difference)
      known.delete(difference)
      check(ours === theirs(day) || why, `${day}: we say ${word(ours)}, ${name} says ${word(theirs(day))}`)
      if (why) console.log(`  ${day}  we: ${word(ours)}, ${name}: ${word(theirs(day))}. ${why}`)
    }
  }
  for (const gone of known.keys()) check(false, `known.csv expects a difference that is not there: ${gone}`)
}

// Only chinese-days computes with working days.
function comparePairs() {
  for (const row of rows('pairs.csv')) {
    const [start, n, added, end, between] = row.split(',')
    const theirAdded = chineseDays.findWorkday(Number(n), start)
    const theirBetween = end > start
      ? chineseDays.getWorkdaysInRange(move(start, 1), end).length
      : -chineseDays.getWorkdaysInRange(move(end, 1), start).length
    check(added === theirAdded, `add_workdays(${start}, ${n}): we say ${added}, chinese-days ${theirAdded}`)
    check(Number(between) === theirBetween,
      `workdays_between(${start}, ${end}): we say ${between}, chinese-days ${theirBetween}`)
  }
}

// What nobody can know yet, they answer all the same.
function tellFuture(day) {
  const said = Object.entries(packages).map(([name, theirs]) => `${name} says ${word(theirs(day))}`)
  console.log(`  ${day}  not announced, as we say; ${said.join(', ')}`)
}

if (new Date(2004, 0, 1).getTimezoneOffset() !== 0) throw new Error('run this with TZ=UTC')
console.log('differences that known.csv explains:')
compareDays(readKnown())
comparePairs()
console.log('for information:')
for (const day of rows('future.csv')) tellFuture(day)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed ? 1 : 0
