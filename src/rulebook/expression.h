/*
 * Reading expressions that become part of a query.
 */
#ifndef STATUTE_EXPRESSION_H
#define STATUTE_EXPRESSION_H

#include "postgres.h"

#include "nodes/nodes.h"

/* What is being read, for messages: the argument of statute_name_expression() */
typedef struct StatuteReading
{
	const char *what;
	const char *source;
} StatuteReading;

#pragma GCC visibility push(hidden)
extern void statute_name_expression(void *arg);
extern Node *statute_parse_expression(const char *source);
#pragma GCC visibility pop

#endif							/* STATUTE_EXPRESSION_H */
