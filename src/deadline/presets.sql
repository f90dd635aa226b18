
-- The six conventions that the engine ships. A note says what a row leaves
-- out and what could not be verified; doc/deadline.md has the paragraphs.

INSERT INTO statute.convention_preset (code, title, citation, articles, note)
VALUES ('PLAIN', 'Counting without a law',
	'none', '{}',
	'The day of the event is not counted, nothing is rolled, months end on the corresponding day or the last of the month, days end at midnight.');

INSERT INTO statute.convention_preset (code, title, citation, articles, note, roll_forward, roll_backward)
VALUES ('CN', '中华人民共和国民法典',
	'民法典第200条至第204条；行政许可法第82条',
	'{"event_day": "民法典第201条第1款", "days": "民法典第200条", "workdays": "行政许可法第82条", "months": "民法典第202条", "roll": "民法典第203条第1款", "end": "民法典第203条第2款", "hours": "民法典第201条第2款"}',
	'Minutes and hours run from the instant (201(2)) and are not rolled. The last day ends at 24:00; where the receiver keeps business hours, 203(2) ends it with them: define a convention with closing. No article says where a day off goes when counting back, nor whether both ends are left out; the earlier working day, and only the day of the event left out, are readings. 行政处罚法第85条 and 行政复议法第88条 count listed numbers of days as working days: write such limits in workdays.',
	'following', 'preceding');

INSERT INTO statute.convention_preset (code, title, citation, articles, note, roll_forward, min_workdays, min_workdays_from, full_hours)
VALUES ('EU', 'Regulation (EEC, Euratom) No 1182/71',
	'Regulation (EEC, Euratom) No 1182/71, art. 3',
	'{"event_day": "Reg. 1182/71 art. 3(1)", "days": "Reg. 1182/71 art. 3(3)", "months": "Reg. 1182/71 art. 3(2)(c)", "roll": "Reg. 1182/71 art. 3(4)", "end": "Reg. 1182/71 art. 3(2)(b)", "hours": "Reg. 1182/71 art. 3(1), 3(2)(a)", "min_workdays": "Reg. 1182/71 art. 3(5)"}',
	'Read in quotations only, not in the Official Journal. Not verified: the words of 3(3) and of the sentence of 3(4) that keeps periods counted back from rolling; the number of 3(5), at least two working days in a period of two days or more, and whether it lengthens periods counted back (here it does). Weeks, months and years end on the day that corresponds to the day of the event (3(2)(c)).',
	'following', 2, 2, true);

INSERT INTO statute.convention_preset (code, title, citation, articles, note, roll_forward, roll_backward, roll_hours)
VALUES ('US-FRCP', 'Federal Rules of Civil Procedure',
	'Fed. R. Civ. P. 6(a)(1)-(6)',
	'{"event_day": "Fed. R. Civ. P. 6(a)(1)(A)", "days": "Fed. R. Civ. P. 6(a)(1)(B)", "roll": "Fed. R. Civ. P. 6(a)(1)(C), 6(a)(5)", "end": "Fed. R. Civ. P. 6(a)(4)(A)", "hours": "Fed. R. Civ. P. 6(a)(2)"}',
	'Left out: an inaccessible clerk''s office (6(a)(3); it moves forward even where the count runs backward), days declared by the state, which count forward only (6(a)(6)(C); use a child calendar), and the three days after service by mail (6(d); add them to the rolled date). Filing other than electronic ends when the clerk''s office closes (6(a)(4)(B)): define a convention with closing.',
	'following', 'preceding', true);

INSERT INTO statute.convention_preset (code, title, citation, articles, note, roll_forward)
VALUES ('DE', 'Bürgerliches Gesetzbuch',
	'§§ 187-193 BGB',
	'{"event_day": "§ 187(1) BGB", "days": "§ 188(1) BGB", "months": "§ 188(2)-(3) BGB", "roll": "§ 193 BGB", "end": "§ 188(1) BGB"}',
	'Rolling (§ 193) is for declarations of intent and performance. Where the beginning of a day counts (§ 187(2)), define a convention with event_day_counts. The law has no rule for periods counted back, and whether they roll is disputed; here they do not. Waiting and notice periods do not roll (§ 193 is not for them): use PLAIN. § 190: an extension runs from the old end, so add it to that. § 191: a limit that need not run on end is 30 days a month and 365 a year; write it in days.',
	'following');

INSERT INTO statute.convention_preset (code, title, citation, articles, note, roll_forward, short_days, clear_backward)
VALUES ('UK-CPR', 'Civil Procedure Rules',
	'CPR 2.8(1)-(5)',
	'{"event_day": "CPR 2.8(2)-(3)", "days": "CPR 2.8(2)", "roll": "CPR 2.8(5)", "short_days": "CPR 2.8(4)", "clear": "CPR 2.8(2)-(3)"}',
	'2.8(5) rolls only what is to be done at the court office. Clear days (2.8(2)-(3)): counting back from a hearing, both ends are left out; where a period counted forward ends with an event ("at least 28 days after"), define a convention with clear_forward. The rule does not say what happens where the day before the clear days is no business day: it stays where it is; set roll_backward to move it.',
	'following', 5, true);

SELECT statute._seal_pack('preset');
